"""Deep R while a network learns: after an update, synapses whose weights have changed their sign go elsewhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeloom.compilers.compiled import SIGN, WEIGHT
from spikeloom.errors import UserError

if TYPE_CHECKING:
    from spikeloom.run.session import Session


class Rewirer:
    """Moves the synapses of the connections of a session that have a rule for it.

    What is drawn depends on the seed of the training, on the connection and on the number of the batch alone, so that a
    run that goes on from a checkpoint draws what it would have drawn.

    Parameters
    ----------
    session
        Built on a backend that can move synapses.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rules = dict(session.compiled.rewired)
        self.counts = dict.fromkeys(self.rules, 0)  # synapses moved since they were taken
        self._looped = {name: self._may_loop(name) for name in self.rules}
        self.take_signs(self.rules)

    def take_signs(self, names: Iterable[str]) -> None:
        """Give each synapse of these connections the sign of its weight, as at the start."""
        runtime, model = self.session.runtime, self.session.compiled.model
        for name in self.rules.keys() & set(names):
            weights = runtime.get(name, WEIGHT)
            drawn = self._signs(name, *model.pairs(name))
            runtime.set(name, SIGN, np.where(weights == 0, drawn, np.sign(weights)))

    def _may_loop(self, name: str) -> bool:
        """Whether a neuron may come to connect to itself: where that is allowed, or listed synapses do."""
        connection = self.session.document.network.connection(name)
        if connection.source != connection.target:
            return True
        allowed = getattr(connection.connectivity, "allow_self_connections", None)
        pre, post = self.session.compiled.model.pairs(name)
        return bool((pre == post).any()) if allowed is None else bool(allowed)

    @property
    def batches_left(self) -> int:
        """How many more batches may run before synapses are to be moved."""
        return min(rule.every - self.session.step % rule.every for rule in self.rules.values())

    def after_batch(self) -> None:
        """Move what is to be moved after the batch that was trained last."""
        for name, rule in self.rules.items():
            if self.session.step % rule.every == 0:
                self.counts[name] += self._rewire(name)

    def take_counts(self) -> dict[str, int]:
        """How many synapses of each connection have moved since this was asked last."""
        counts, self.counts = self.counts, dict.fromkeys(self.rules, 0)
        return counts

    def _rewire(self, name: str) -> int:
        runtime, model = self.session.runtime, self.session.compiled.model
        gone = runtime.get(name, WEIGHT) * runtime.get(name, SIGN) < 0
        count = int(gone.sum())
        if not count:
            return 0
        pre, post = (ends.astype(np.int64) for ends in model.pairs(name))
        rng = np.random.default_rng([self.session.training.seed, self.session.step, zlib.crc32(name.encode())])
        found = self._free_pairs(name, pre, post, count, rng)
        gone[np.flatnonzero(gone)[len(found) :]] = False  # there may be fewer free pairs than are wanted
        pre[gone], post[gone] = np.divmod(found, model.ends(name)[1])
        signs = runtime.get(name, SIGN)
        signs[gone] = self._signs(name, pre[gone], post[gone])
        runtime.set(name, SIGN, signs)
        runtime.rewire(name, pre, post, gone)
        return int(gone.sum())

    def _free_pairs(
        self, name: str, pre: np.ndarray, post: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Pairs of neurons without a synapse, as ``source * targets + target``; up to `count` of them."""
        sources, targets = self.session.compiled.model.ends(name)
        taken = pre * targets + post
        if not self._looped[name]:
            taken = np.union1d(taken, np.arange(sources) * (targets + 1))
        taken = np.sort(taken)
        free = sources * targets - len(taken)
        if free <= 4 * count:  # few are left to choose from
            return rng.permutation(np.setdiff1d(np.arange(sources * targets), taken, assume_unique=True))[:count]
        found = np.zeros(0, np.int64)
        while len(found) < count:
            drawn = rng.integers(0, sources * targets, 2 * (count - len(found)) + 8)
            places = np.minimum(np.searchsorted(taken, drawn), len(taken) - 1)
            fresh = np.concatenate([found, drawn[taken[places] != drawn]])
            _, first = np.unique(fresh, return_index=True)
            found = fresh[np.sort(first)]  # in the order in which they were drawn
        return found[:count]

    def _signs(self, name: str, pre: np.ndarray, post: np.ndarray) -> np.ndarray:
        """The sign that each pair of neurons has, whenever it is connected: a hash of both and of the connection."""
        key = (zlib.crc32(name.encode()) ^ self.session.training.seed) & 0xFFFFFFFF
        mixed = np.asarray(pre, np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.asarray(post, np.uint64)
        mixed = (mixed ^ np.uint64(key)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(31)
        mixed *= np.uint64(0x94D049BB133111EB)
        return np.where(mixed >> np.uint64(63), 1.0, -1.0)

    # -- checkpoints -------------------------------------------------------------------------------------------
    def state(self) -> dict[str, np.ndarray]:
        """The synapses that there are, by the names of checkpoints."""
        found: dict[str, np.ndarray] = {}
        for name in self.rules:
            pre, post = self.session.compiled.model.pairs(name)
            found |= {pre_key(name): pre.astype(np.int32), post_key(name): post.astype(np.int32)}
        return found

    def restore(self, arrays: dict[str, Any], place: str) -> None:
        """Take the synapses of a checkpoint; what they carry is restored after this."""
        for name in self.rules:
            if pre_key(name) not in arrays:
                continue  # of a run that did not rewire
            pre, post = np.asarray(arrays[pre_key(name)]), np.asarray(arrays.get(post_key(name), ()))
            sizes = self.session.compiled.model.ends(name)
            synapses = len(self.session.compiled.model.pairs(name)[0])
            inside = pre.shape == post.shape == (synapses,)
            for ends, size in zip((pre, post), sizes, strict=True):
                inside = inside and ends.dtype.kind in "iu" and bool(((ends >= 0) & (ends < size)).all())
            if not inside or len(np.unique(pre.astype(np.int64) * sizes[1] + post)) != synapses:
                message = f"holds synapses of '{name}' that the network cannot have"
                raise UserError(message, place=place, hint="It belongs to another network.")
            self.session.runtime.rewire(name, pre, post, np.zeros(synapses, bool))


def check_unmoved(session: Session, arrays: Mapping[str, Any], place: str) -> None:
    """Refuse the weights of synapses that had moved for connections of which none moves.

    Raises
    ------
    UserError
        Where a checkpoint has other synapses than a connection that does not rewire.
    """
    for name in session.compiled.weights:
        if pre_key(name) not in arrays or name in session.compiled.rewired:
            continue
        found = arrays[pre_key(name)], arrays.get(post_key(name), ())
        pre, post = session.compiled.model.pairs(name)
        if np.array_equal(pre, found[0]) and np.array_equal(post, found[1]):
            continue
        hint = "Give the connection its rewiring, or go on with the document that the run was saved as."
        raise UserError(f"its synapses of '{name}' have moved, and here they are others", place=place, hint=hint)


def pre_key(connection: str) -> str:
    """What a checkpoint calls the source neurons of the synapses of a connection that rewires."""
    return f"{connection}.pre_ind"


def post_key(connection: str) -> str:
    """What a checkpoint calls their target neurons."""
    return f"{connection}.post_ind"
