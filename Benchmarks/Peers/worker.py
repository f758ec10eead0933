"""One library in a process of its own, asked line by line to take steps and to say how long they took.

A request is a line of words, the answer a line that begins with "ok" or "no":

    describe                                               library, version
    make ID RULE MODE SCALAR TENSORS ELEMENTS LIMIT        a contestant: LIMIT is a norm to clip to, or "none"
    gradient ID FACTOR                                     the gradient becomes FACTOR times what it was made as
    zeros ID EVERY                                         every so-manieth entry of the gradient becomes zero
    steps ID COUNT                                         seconds for so many steps
    sample ID COUNT                                        that many parameters, at equal distances
    drop ID                                                forget a contestant

A contestant that a library does not have is refused with "no" and the reason. The answer to "steps" comes when the
library's threads are at rest: they wait for more work by spinning, and would take a core from who is measured next.
"""

import gc
import sys
import time

import numpy as np

from shared import Unsupported, base_gradient


def load(library):
    if library == "torch":
        import peer_torch as peer
    elif library == "optax":
        import peer_optax as peer
    else:
        import peer_numpy as peer
    return peer


def settle():
    """Waits until no thread of this process runs any more."""
    for _ in range(100):
        before = time.process_time()
        time.sleep(0.003)
        if time.process_time() - before < 0.0003:
            return


def sample(tensors, count):
    elements = len(tensors[0])
    total = len(tensors) * elements
    places = [place * total // count for place in range(count)]
    return [float(tensors[place // elements][place % elements]) for place in places]


def answer(peer, contestants, words):
    request, arguments = words[0], words[1:]
    if request == "describe":
        return peer.describe()
    key = int(arguments[0])
    if request == "make":
        rule, mode, scalar = arguments[1:4]
        tensors, elements = int(arguments[4]), int(arguments[5])
        limit = None if arguments[6] == "none" else float(arguments[6])
        gradients = [base_gradient(elements, tensor, scalar) for tensor in range(tensors)]
        contestants[key] = peer.Contestant(rule, mode, np.dtype(scalar), gradients, limit)
        return ""
    contestant = contestants[key]
    if request == "gradient":
        contestant.set_gradients([g * g.dtype.type(float(arguments[1])) for g in contestant.base])
    elif request == "zeros":
        for g in contestant.base:
            g[:: int(arguments[1])] = 0
        contestant.set_gradients(contestant.base)
    elif request == "steps":
        start = time.perf_counter()
        contestant.steps(int(arguments[1]))
        seconds = time.perf_counter() - start
        settle()
        return repr(seconds)
    elif request == "sample":
        return " ".join(map(repr, sample(contestant.parameters(), int(arguments[1]))))
    elif request == "drop":
        del contestants[key], contestant
        gc.collect()
    else:
        raise ValueError(f"unknown request '{request}'")
    return ""


def main():
    # Answers go where standard output was; a library that prints does not disturb them.
    answers = sys.stdout
    sys.stdout = sys.stderr
    peer = load(sys.argv[1])
    contestants = {}
    gc.collect()
    gc.disable()
    for line in sys.stdin:
        try:
            text = "ok " + answer(peer, contestants, line.split())
        except Unsupported as reason:
            text = f"no {reason}"
        except Exception as error:
            text = "failed " + " ".join(repr(error).split())
        print(text.strip(), file=answers, flush=True)


if __name__ == "__main__":
    main()
