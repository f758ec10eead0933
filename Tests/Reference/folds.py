"""Makes folds.json: stratified and grouped folds as scikit-learn makes them without shuffling.

Run with numpy and scikit-learn: python3 folds.py > folds.json
"""

import json
import sys
import warnings

import numpy
import sklearn
from sklearn.model_selection import GroupKFold, StratifiedKFold

warnings.simplefilter("ignore")
generator = numpy.random.default_rng(20240917)


def assignment(splits, rows):
    folds = numpy.full(rows, -1)
    for fold, (_, validation) in enumerate(splits):
        folds[validation] = fold
    return folds.tolist()


cases = []
for index in range(60):
    rows = int(generator.integers(4, 80))
    kinds = int(generator.integers(1, min(rows, 12) + 1))
    # Powers make some kinds rare; sorting makes blocks, as in tables that are ordered by class.
    labels = (kinds * generator.random(rows) ** generator.choice([1, 2, 4])).astype(int)
    if index % 3 == 0:
        labels.sort()
    for kind, splitter, largest in (
        ("stratified", StratifiedKFold, int(numpy.bincount(labels).max())),
        ("grouped", GroupKFold, len(set(labels.tolist()))),
    ):
        if largest < 2:
            continue
        count = int(generator.integers(2, min(largest, 10) + 1))
        splits = splitter(count).split(numpy.zeros(rows), labels, labels)
        cases.append(
            {"kind": kind, "count": count, "labels": labels.tolist(), "folds": assignment(splits, rows)}
        )

json.dump(
    {
        "format": "folds/1",
        "made_by": {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__},
        "cases": cases,
    },
    sys.stdout,
    separators=(",", ":"),
)
print()
