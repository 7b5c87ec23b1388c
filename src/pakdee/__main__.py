"""`python -m pakdee`: the same as the `pakdee` command, for processes that start each other."""

from pakdee.cli import main

if __name__ == "__main__":
    main()
