"""The use cases: given a mailbox, a ledger and a date, find, write, draft. Prints nothing, asks nothing."""
