"""Whose turn it is, and why: where each person stands, and the plan of a month or week. Pure: today is an argument."""

from thread_finder.planning.history import Approach, Fate, History, Purpose
from thread_finder.planning.period import Period
from thread_finder.planning.plan import CheckIn, Omission, Plan, plan
from thread_finder.planning.standing import Rhythm, Standing, State, stand

__all__ = [
    "Approach",
    "CheckIn",
    "Fate",
    "History",
    "Omission",
    "Period",
    "Plan",
    "Purpose",
    "Rhythm",
    "Standing",
    "State",
    "plan",
    "stand",
]
