"""The user's settings: ``config.toml``, checked, and where the program's own files live."""

from thread_finder.config.settings import (
    ACCOUNT_NAME,
    CONFIG_VARIABLE,
    STATE_VARIABLE,
    Account,
    Cadence,
    Config,
    EtiquetteSettings,
    PolishSettings,
    default_config_path,
    default_state_folder,
    load,
)

__all__ = [
    "ACCOUNT_NAME",
    "CONFIG_VARIABLE",
    "STATE_VARIABLE",
    "Account",
    "Cadence",
    "Config",
    "EtiquetteSettings",
    "PolishSettings",
    "default_config_path",
    "default_state_folder",
    "load",
]
