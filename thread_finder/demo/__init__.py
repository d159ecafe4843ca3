"""A sample mailbox of invented people, to see the whole job without an account."""
