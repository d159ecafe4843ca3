"""``python -m thread_finder``."""

from thread_finder.cli import main

if __name__ == "__main__":
    main()
