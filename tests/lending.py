"""A stand-in for the `spaces` package on a ZeroGPU Space, after its documentation and its source (0.51).

A decorated generator function runs in a forked process; arguments and results are pickled; `duration` is called with
the same arguments; an error comes back as one of Gradio that names only its class; closing stops at the next result.
Nothing is lent outside an event of Gradio: there is no visitor then whose quota could be used.
"""

import inspect
import multiprocessing
import pickle
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import gradio as gr
from gradio.context import LocalContext

FORK = multiprocessing.get_context("fork")


class Spaces:
    """The package, and what it was asked for."""

    def __init__(self, quota=10_000, active=True):
        self.quota = quota
        self.decorated = []
        self.durations = []
        self.ended = []
        """How each loan ended: "done", "closed" or "failed"."""
        self.card = {"model": "a card", "memory": 94 << 30, "xlarge_threshold": 42 << 30}
        self.modules = {name: ModuleType(name) for name in ("spaces", "spaces.config", "spaces.zero.config")}
        for name, module in self.modules.items():
            module.__spec__ = ModuleSpec(name, None)
        self.modules["spaces"].GPU = self.gpu if active else lambda duration: lambda task: task
        self.modules["spaces.config"].Config = SimpleNamespace(zero_gpu=active)
        self.modules["spaces.zero.config"].get_config = lambda: self.card

    def gpu(self, *, duration):
        def decorate(task):
            assert inspect.isgeneratorfunction(task)
            self.decorated.append(task)

            def lent(*args):
                if LocalContext.request.get(None) is None:
                    raise gr.Error("Space app has reached its GPU limit.")
                seconds = duration(*args)
                assert type(seconds) is int
                self.durations.append(seconds)
                if seconds > self.quota:
                    raise gr.Error(f"You have exceeded your quota ({seconds}s requested vs. {self.quota}s left).")
                yield from self.streamed(task, pickle.dumps(args))

            return lent

        return decorate

    def streamed(self, task, sent):
        results, stop = FORK.SimpleQueue(), FORK.Event()
        process = FORK.Process(target=work, args=(task, sent, results, stop), daemon=True)
        process.start()
        ended = "closed"
        try:
            while (one := results.get())[0] == "ok":
                yield one[1]
            ended = "done" if one[0] == "end" else "failed"
            if one[0] == "error":
                raise gr.Error(one[1])
        finally:
            stop.set()
            while ended == "closed" and results.get()[0] == "ok":
                pass
            process.join()
            self.ended.append(ended)


def work(task, sent, results, stop):
    """Run a task in the process that has the card."""
    import torch

    torch.set_num_threads(1)  # a pool of threads does not survive a fork
    generator = task(*pickle.loads(sent))
    try:
        for result in generator:
            if stop.is_set():
                generator.close()
                break
            results.put(("ok", result))
    except Exception as error:  # noqa: BLE001  as the package does
        results.put(("error", type(error).__name__))
    else:
        results.put(("end", None))
