"""Reads one JSON document a line; answers each with a line: its verdict, and what it becomes in version 5.3."""

import json
import sys

from kcidb_io.schema import LATEST

# How deep Python may recurse is a setting, not a rule of KCIDB.
sys.setrecursionlimit(10000)


def judge(text):
    try:
        document = json.loads(text)
    except ValueError as error:
        return {"valid": False, "reason": f"not JSON: {error}"}
    try:
        LATEST.validate(document)
    except Exception as error:  # the reference also fails with errors of its own
        return {"valid": False, "reason": f"{type(error).__name__}: {error}"[:300]}
    try:
        upgraded = LATEST.upgrade(document)
    except Exception as error:
        return {"valid": True, "upgraded": None, "reason": f"{type(error).__name__}: {error}"[:300]}
    # Whether the result is valid at all: without heavy assertions the reference does not look.
    return {"valid": True, "upgraded": upgraded, "sound": LATEST.is_valid_exactly(upgraded)}


def answer(judgement):
    try:
        return json.dumps(judgement, allow_nan=False)
    except ValueError:
        # Python reads a number that is too large as infinity, and has no JSON for it then.
        return json.dumps({**judgement, "upgraded": {"has": "an infinite number"}})


# Bytes, so that no locale has a say in how they are read.
for line in sys.stdin.buffer:
    print(answer(judge(line.decode("utf-8"))), flush=True)
