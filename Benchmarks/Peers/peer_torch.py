"""torch.optim, in each of its three ways through a list of tensors."""

import torch

from shared import THREADS, Unsupported

torch.set_num_threads(THREADS)

RULES = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {"weight_decay": 0.01}),
    "rmsprop": (torch.optim.RMSprop, {"alpha": 0.99}),
    "adagrad": (torch.optim.Adagrad, {}),
}
MODES = {"fused": {"fused": True}, "foreach": {"foreach": True}, "loop": {"foreach": False}}


def describe():
    return f"PyTorch {torch.__version__}"


class Contestant:
    def __init__(self, rule, mode, scalar, gradients, limit):
        if rule not in RULES:
            raise Unsupported("no such rule in torch.optim")
        self.base, self.limit, self.foreach = gradients, limit, mode != "loop"
        self.tensors = [torch.ones(len(g), dtype=getattr(torch, scalar.name), requires_grad=True) for g in gradients]
        for tensor, g in zip(self.tensors, gradients):
            tensor.grad = torch.empty(len(g), dtype=tensor.dtype)
        self.set_gradients(gradients)
        make, settings = RULES[rule]
        try:
            self.optimizer = make(self.tensors, lr=1e-3, **settings, **MODES[mode])
        except TypeError as error:
            raise Unsupported(f"no {mode} {rule}") from error

    def set_gradients(self, gradients):
        for tensor, g in zip(self.tensors, gradients):
            tensor.grad.copy_(torch.from_numpy(g))

    def steps(self, count):
        tensors, step, limit, foreach = self.tensors, self.optimizer.step, self.limit, self.foreach
        if limit is None:
            for _ in range(count):
                step()
        else:
            clip = torch.nn.utils.clip_grad_norm_
            for _ in range(count):
                clip(tensors, limit, foreach=foreach)
                step()

    def parameters(self):
        return [tensor.detach().numpy() for tensor in self.tensors]
