"""The labels in Takeout's X-Gmail-Labels, in the languages that Takeout writes them in."""

from __future__ import annotations

SYSTEM = {
    "INBOX": (
        "inbox, posteingang, boîte de réception, recibidos, bandeja de entrada, caixa de entrada, "
        "posta in arrivo, postvak in, 受信トレイ, 收件箱, 받은편지함, inkorg, skrzynka odbiorcza, входящие"
    ),
    "SENT": (
        "sent, sent mail, gesendet, messages envoyés, envoyés, enviados, posta inviata, inviati, "
        "verzonden, 送信済み, 送信済みメール, 已发送邮件, 已发送, 보낸편지함, skickat, wysłane, отправленные"
    ),
    "DRAFT": (
        "drafts, draft, entwürfe, entwurf, brouillons, brouillon, borradores, borrador, "
        "rascunhos, rascunho, bozze, concepten, 下書き, 草稿, 임시보관함, utkast, wersje robocze, черновики"
    ),
    "TRASH": (
        "trash, bin, papierkorb, corbeille, papelera, lixeira, cestino, prullenbak, ゴミ箱, 已删除邮件, "
        "휴지통, papperskorg, kosz, корзина"
    ),
    "SPAM": ("spam, 迷惑メール, 垃圾邮件, 스팸함, skräppost, спам"),
    "STARRED": (
        "starred, markiert, suivis, favoris, destacados, com estrela, speciali, met ster, スター付き, "
        "已加星标, 별표편지함"
    ),
    "IMPORTANT": (
        "important, wichtig, importants, importantes, importante, importanti, belangrijk, 重要, 重要邮件, 중요"
    ),
    "UNREAD": (
        "unread, ungelesen, non lus, non lu, no leídos, não lidas, da leggere, non letti, "
        "ongelezen, 未読, 未读, 읽지않음"
    ),
    "CATEGORY_PERSONAL": ("category personal, kategorie: allgemein, catégorie principale"),
    "CATEGORY_UPDATES": ("category updates, kategorie: benachrichtigungen, catégorie notifications"),
    "CATEGORY_PROMOTIONS": ("category promotions, kategorie: werbung, catégorie promotions"),
    "CATEGORY_SOCIAL": ("category social, kategorie: soziale medien, catégorie réseaux sociaux"),
    "CATEGORY_FORUMS": ("category forums, kategorie: foren, catégorie forums"),
    "CHAT": ("chat"),
}
# Takeout's way of saying "not unread" and "not in the inbox": no labels in Gmail itself.
NO_LABEL = (
    "opened, geöffnet, ouvert, ouverts, abierto, abiertos, aberto, aberta, letti, geopend, "
    "既読, 開封済み, 已读, 열림, archived, archiviert, archivé, archivés, archivado, archivados, "
    "arquivado, archiviati, gearchiveerd, アーカイブ済み, アーカイブ, 已归档, 보관됨"
)
_BY_NAME = {name: label for label, names in SYSTEM.items() for name in names.split(", ")}
_IGNORED = set(NO_LABEL.split(", "))


def system_label(name: str) -> str | None:
    """Gmail's id of a system label; "" for what is no label; None for the user's own."""
    key = name.strip().casefold()
    return "" if not key or key in _IGNORED else _BY_NAME.get(key)
