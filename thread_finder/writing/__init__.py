"""The letter: facts, templates, manners."""
