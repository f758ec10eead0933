"""Makes optimizers_weights.json: Lookahead, a debiased average of the weights and SAM, as Optax computes them.

    pip install optax==0.2.8
    python optimizers_weights.py

The form is that of the other optimizers_*.json. The gradients are those of small_problems.json.
"""
import json
import pathlib

import jax

jax.config.update("jax_enable_x64", True)
import numpy as np
import optax

HERE = pathlib.Path(__file__).parent
PROBLEMS = {p["id"]: p for p in json.load(open(HERE / "small_problems.json"))["problems"]}
STEPS = (1, 2, 5, 10, 50)


def array(tensor):
    return np.array(tensor["data"], dtype=float).reshape(tensor["shape"])


def gradient(problem, step, x):
    kind = problem["kind"]
    if kind == "gradients":
        return {name: np.array(g).reshape(x[name].shape) for name, g in problem["gradients"][step].items()}
    if kind == "quadratic":
        return {"x": array(problem["A"]) @ (x["x"] - np.array(problem["c"]))}
    if kind == "logistic":
        rows, y = array(problem["X"]), np.array(problem["y"])
        weights = y / (1 + np.exp(y * (rows @ x["w"])))
        return {"w": -(rows.T @ weights) / len(y) + problem["lambda"] * x["w"]}
    assert kind == "matrix_quadratic"
    a = array(problem["A"])
    return {"W": a.T @ (a @ x["W"] - array(problem["B"])) / len(a)}


def start(problem):
    return {t["name"]: array(t) for t in problem["params0"]}


def plain(tree):
    return {name: np.array(value).ravel().tolist() for name, value in tree.items()}


def lookahead(problem, rate, momentum, interval, slow_step_size):
    optimizer = optax.lookahead(optax.sgd(rate, momentum), sync_period=interval, slow_step_size=slow_step_size)
    params = optax.LookaheadParams.init_synced(start(problem))
    state = optimizer.init(params)
    for step in range(max(STEPS)):
        updates, state = optimizer.update(gradient(problem, step, params.fast), state, params)
        params = optax.apply_updates(params, updates)
        yield plain(params.fast), plain(params.slow)


def average(problem, rate, momentum, decay):
    optimizer, ema = optax.sgd(rate, momentum), optax.ema(decay, debias=True)
    params = start(problem)
    state, ema_state = optimizer.init(params), ema.init(params)
    for step in range(max(STEPS)):
        updates, state = optimizer.update(gradient(problem, step, params), state, params)
        params = optax.apply_updates(params, updates)
        mean, ema_state = ema.update(params, ema_state)
        yield plain(params), plain(mean)


def sam(problem, rate, momentum, radius):
    ascent = optax.chain(optax.contrib.normalize(), optax.sgd(radius))
    optimizer = optax.contrib.sam(optax.sgd(rate, momentum), ascent, sync_period=2)
    params = start(problem)
    state = optimizer.init(params)
    for step in range(max(STEPS)):
        for _ in range(2):
            updates, state = optimizer.update(gradient(problem, step, params), state, params)
            params = optax.apply_updates(params, updates)
        yield plain(params), None


def cases():
    for name, run, settings in (
        ("lookahead", lookahead, [dict(interval=5, slow_step_size=0.5), dict(interval=2, slow_step_size=0.8)]),
        ("ema", average, [dict(decay=0.999), dict(decay=0.7)]),
        ("sam", sam, [dict(radius=0.05), dict(radius=0.7)]),
    ):
        for problem in ("dense", "quadratic", "logistic", "matrix_quadratic"):
            for number, hyper in enumerate(settings):
                hyper = dict(rate=0.02, momentum=0.9, **hyper)
                snapshots = []
                for step, (params, kept) in enumerate(run(PROBLEMS[problem], **hyper), 1):
                    if step in STEPS:
                        snapshot = dict(step=step, params=params, tensor_rel=1e-12)
                        snapshots.append(snapshot if kept is None else dict(snapshot, eval_params=kept))
                yield dict(
                    id=f"{name}.optax.{problem}.{number}", optimizer=name, peer="optax", problem=problem,
                    hyper=hyper, snapshots=snapshots)


made_by = {"optax": optax.__version__, "jax": jax.__version__, "numpy": np.__version__}
result = dict(format="optimizers/1", made_by=made_by, steps=max(STEPS), cases=list(cases()))
(HERE / "optimizers_weights.json").write_text(json.dumps(result, indent=None, separators=(",", ":")) + "\n")
