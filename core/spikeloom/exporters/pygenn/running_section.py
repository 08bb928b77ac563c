"""The part of a script that runs it: its options, the loop over epochs and batches, and what is printed of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spikeloom.compilers import CompiledNetwork
from spikeloom.exporters.pygenn import helpers
from spikeloom.exporters.pygenn.examples import key_in_file
from spikeloom.exporters.pygenn.layout import Call, Text, lay_out, quoted
from spikeloom.exporters.pygenn.loop_section import LoopSection
from spikeloom.genn.schedule import SetInputs
from spikeloom.spec import Document


@dataclass
class RunningSection:
    """Writes everything that follows the loop's functions.

    Parameters
    ----------
    labelled
        Whether examples have labels.
    with_data
        Whether the examples lie in the file beside the script.
    with_arrays
        Whether the network takes arrays from it.
    builds_arrays
        Whether it takes some of them while it is built.
    revives
        Whether silent neurons are revived after each epoch.
    sources_reset
        Whether a custom update lets spike sources begin anew.
    overlapping
        Connections that a GPU would add up wrongly.
    """

    document: Document
    compiled: CompiledNetwork
    loop: LoopSection
    labelled: bool
    with_data: bool
    with_arrays: bool
    builds_arrays: bool
    revives: bool
    sources_reset: bool
    overlapping: tuple[str, ...] = ()

    # -- options -------------------------------------------------------------------------------------------------
    def options(self) -> str:
        """The function that reads the command line."""
        learns, lines = self.compiled.learns, ["def read_options():", '    """The options of the command line."""']
        lines += ["    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])"]
        if learns:
            lines += [_option("--epochs", "how many to train", type=Text("at_least(0)"), default=Text("EPOCHS"))]
            lines += [_option("--seed", "of weights and of the order", type=Text("at_least(0)"), default=Text("SEED"))]
            lines += [_option("--evaluate", "look at the test examples alone", action="store_true")]
            lines += [_option("--save", "file.npz for what was learned")]
        lines += [_option("--batch-size", "of examples", type=Text("at_least(1)"), default=Text("BATCH_SIZE"))]
        lines += [_option("--weights", "file.npz with weights to begin with")]
        data = {"default": Text("FILE")} if self.with_data else {"required": True}
        lines += [_option("--data", "file.npz with examples", **data)]
        backends = (Text('"cuda"'), Text('"hip"'), Text("CPU"))
        lines += [_option("--backend", "the best that PyGeNN has if left out", choices=backends)]
        return "\n".join([*lines, "    return parser.parse_args()"])

    # -- figures -------------------------------------------------------------------------------------------------
    def judge(self) -> str:
        """The function that says how good some examples were."""
        outputs, has_loss = self.compiled.outputs, self._has_loss
        lines = ["def judge(results, examples, chunk):"]
        lines += ['    """The summed loss of some examples, and how many were taken for what they are."""']
        lines += ["    loss = hits = 0.0"]
        for output in outputs:
            if has_loss(output.loss):
                lines += [f"    loss += float(results[{quoted(output.loss)}].sum(dtype=np.float64))"]
            if self.labelled:
                lines += [f"    y = results[{quoted(output.readout)}]"]
                right = f"(y.argmax(axis=1) == examples[{quoted(key_in_file(output.labels))}][chunk])"
                share = f" / {len(outputs)}" if len(outputs) > 1 else ""
                if self.compiled.model.populations[output.population].size > 1:
                    lines += ["    # Where all outputs are equal (none has spiked), nothing is right."]
                    lines += ["    right = y.argmax(axis=1) == " + right[len("(y.argmax(axis=1) == ") : -1]]
                    lines += [f"    hits += float((right & (np.ptp(y, axis=1) > 0)).sum()){share}"]
                else:
                    lines += [f"    hits += float({right}.sum()){share}"]
        lines += ["    if not np.isfinite(loss):"]
        lines += ['        fail("loss: infinite or NaN found, expected a number: lower the learning rate")']
        return "\n".join([*lines, "    return loss, hits"])

    def _has_loss(self, key: str) -> bool:
        return any(getattr(op, "key", "") == key for op in self.loop.evaluate())

    @property
    def has_loss(self) -> bool:
        """Whether there is a loss to print."""
        return any(self._has_loss(output.loss) for output in self.compiled.outputs)

    def figures(self) -> str:
        """The function that puts figures into words."""
        parts = [*(["loss {loss / count:.4f}"] if self.has_loss else [])]
        parts += ["accuracy {hits / count:.4f}"] if self.labelled else []
        words = ", ".join(parts) or "{count} examples"
        lines = [
            "def figures(loss, hits, count):",
            '    """Means over examples, in words."""',
            f'    return f"{words}"',
        ]
        return "\n".join(lines)

    def evaluate(self) -> str:
        """The function that looks at a split."""
        text = '''\
def evaluate(model, examples):
    """How good the network is on examples that it does not learn from, in words."""
    loss = hits = 0.0
    everything = np.arange(count_of(examples))
    for chunk, count in chunks(everything, model.batch_size):
        results = forward(model, examples, chunk)
        results = {key: values[:count] for key, values in results.items()}
        more_loss, more_hits = judge(results, examples, chunk[:count])
        loss, hits = loss + more_loss, hits + more_hits
    return figures(loss, hits, len(everything))
'''
        # What examples have summed up on their way is none of the next batch's.
        last = "    return figures"
        return text.replace(last, f"    forget(model, 0)\n{last}") if self.compiled.learns else text

    def count_of(self) -> str:
        """The function that counts examples."""
        taken = next(iter(self.compiled.inputs))
        if taken.key:
            expression = f"len(examples[{quoted(key_in_file(taken.key))}])"
        else:
            expression = f"len(examples[{quoted(f'{taken.population}.offsets')}]) - 1"
        return f'def count_of(examples):\n    """How many there are."""\n    return {expression}'

    # -- training ------------------------------------------------------------------------------------------------
    def train(self) -> str:
        """The function that trains."""
        training, online = self.document.experiment.training, self.compiled.schedules["train"].online
        lines = ["def train(model, examples, held, options, done):"]
        lines += ['    """Train, and print how each epoch went; `done` says how much was learned."""']
        lines += ["    first, step = done", "    size = options.batch_size"]
        within = online and not self.loop.shares_forward
        if within:
            lines += ["    batch = ()", "", "    def learn_now():", "        nonlocal step"]
            lines += ["        forget(model, count)", "        step += 1"]
            lines += [f"        learn({self.loop.learn_args})", ""]
        lines += [
            "    last = first + options.epochs",
            "    for epoch in range(first, last):",
            "        began = time.perf_counter()",
        ]
        lines += ["        loss = hits = 0.0", "        order = np.arange(count_of(examples))"]
        if training.shuffle:
            lines += ["        order = np.random.default_rng([options.seed, epoch]).permutation(order)"]
        lines += ["        batches = [order[k : k + size] for k in range(0, len(order), size)]"]
        timed = "trained" in self.loop.learn_args
        lines += ["        for number, batch in enumerate(batches):" if timed else "        for batch in batches:"]
        if timed:
            lines += ["            trained = epoch + number / len(batches)"]
        batch = ["for chunk, count in chunks(batch, model.batch_size):", *self._examples(online)]
        learn = ["step += 1", f"learn({self.loop.learn_args})", "done[:] = epoch, step"]
        # Where it learns within an example, all of a batch is one.
        shielded = [*batch, *learn] if within else learn
        lines += [] if within else [f"{' ' * 12}{line}" for line in batch]
        lines += ["            with undisturbed():", *(f"{' ' * 16}{line}" for line in shielded)]
        if self.revives:
            lines += ["        with undisturbed():", "            revive(model)", "            done[0] = epoch + 1"]
        else:
            lines += ["        done[0] = epoch + 1"]
        lines += ["        words = figures(loss, hits, len(order))"]
        lines += ["        if held is not None:", '            words += f"; validation {evaluate(model, held)}"']
        lines += ["        seconds = time.perf_counter() - began"]
        lines += ['        print(f"epoch {epoch + 1}: {words} ({seconds:.1f} s)", flush=True)']
        return "\n".join(lines)

    def _examples(self, online: bool) -> list[str]:
        if self.loop.shares_forward:
            lines = ["results = forward(model, examples, chunk)", f"backward({self.loop.backward_args})"]
        else:
            more = ", learn_now" if online else ""
            lines = [f"results = train_examples(model, examples, chunk{more})"]
        lines += ["forget(model, count)"]
        lines += ["results = {key: values[:count] for key, values in results.items()}"]
        lines += ["more_loss, more_hits = judge(results, examples, chunk[:count])"]
        lines += ["loss, hits = loss + more_loss, hits + more_hits"]
        return [f"    {line}" for line in lines]

    # -- the program ---------------------------------------------------------------------------------------------
    def main(self) -> str:
        """The function that runs everything."""
        learns = self.compiled.learns
        lines = [
            "def run(options):",
            '    """Do what the options say; whatever can be wrong with them is found first."""',
        ]
        lines += ["    backend = find_backend(options.backend)"]
        for name in self.overlapping:
            words = f"'{name}': its windows overlap, which GeNN's CPU alone adds up rightly"
            lines += ["    if backend != CPU:", f"        {lay_out(Call('fail', [words]), 8)}"]
        lines += ["    # GeNN's CPU runs one example at a time: a batch's gradients add up in turns."]
        lines += ["    side_by_side = 1 if backend == CPU else options.batch_size"]
        if learns:
            lines += ["    save = options.save and file_to_save(options.save, options.data)"]
            lines += ['    names = ("test",) if options.evaluate else ("train", "validation", "test")']
            lines += ['    needed = ("test",) if options.evaluate else ("train", "test")']
            lines += ["    splits = load_examples(options.data, names, needed)"]
            lines += ["    weights, *done = load_weights(options.weights) if options.weights else ({}, 0, 0)"]
        else:
            lines += ['    splits = load_examples(options.data, ["test"], ["test"])']
            lines += ["    weights = load_weights(options.weights)[0] if options.weights else {}"]
        args = ["backend", "side_by_side", "options.seed" if learns else "SEED"]
        spiking = self.spiking
        if spiking:
            lines += ["    most_spikes = {"]
            lines += ["        name: side_by_side * max(longest(each, name) for each in splits.values())"]
            lines += [f"        for name in {lay_out(tuple(spiking))}", "    }"]
            args.append("most_spikes")
        if self.with_arrays:
            lines += ["    arrays = network_arrays()"]
        if self.builds_arrays:
            args.append("arrays")
        lines += [f"    model = build({', '.join(args)})", "    give_weights(model, weights)"]
        if self.transposes:
            lines += ["    transpose(model)"]
        if learns:
            lines += self._train_and_save()
        lines += ["    print(f\"test: {evaluate(model, splits['test'])}\")"]
        lines += ["", "", "def main():", '    """Run the script; Ctrl-C ends it."""', "    try:"]
        lines += ["        run(read_options())", "    except KeyboardInterrupt:"]
        lines += ['        raise SystemExit("stopped") from None']
        return "\n".join([*lines, "", "", 'if __name__ == "__main__":', "    main()"]) + "\n"

    def _train_and_save(self) -> list[str]:
        updates = self.compiled.schedules["train"].updates
        lines = []
        if updates > 1:
            lines += [f"    done[1] *= {updates}  # the file counts batches, and each has so many updates"]
        batches = "done[1]" if updates == 1 else f"done[1] // {updates}"
        save = f"save_weights(model, save, done[0], {batches})"
        lines += ["    if not options.evaluate:", "        try:"]
        lines += ['            train(model, splits["train"], splits.get("validation"), options, done)']
        lines += ["        except KeyboardInterrupt:", "            if save:", f"                {save}"]
        lines += ["            raise"]
        return [*lines, "    if save:", f"        {save}"]

    @property
    def spiking(self) -> list[str]:
        """The inputs that take spikes."""
        ops = self.loop.evaluate()
        return [op.population for op in ops if isinstance(op, SetInputs)]

    @property
    def transposes(self) -> bool:
        """Whether weights are copied to another way."""
        return any(synapses.transposes for synapses in self.compiled.model.synapses.values())

    def longest(self) -> str:
        """The function that finds the most spikes of an example."""
        if not self.spiking:
            return ""
        return '''\
def longest(examples, name):
    """The most spikes of an example of an input, at least 1."""
    return int(np.diff(examples[f"{name}.offsets"]).max(initial=1))
'''

    def common(self) -> list[str]:
        """The helpers that this script needs."""
        found = [helpers.READ, helpers.READ_EXAMPLES, helpers.WRITE]
        ops = self.compiled.schedules["evaluate"].each_example
        lines = "\n".join(self.loop._ops(ops))
        found += [helpers.WRITE_ARRAY] if "write_array(" in lines else []
        first = "" if self.sources_reset else helpers.SPIKES_FIRST
        found += [helpers.SET_SPIKES.replace("@MORE@", first)] if self.spiking else []
        return found


def _option(flag: str, words: str, **named: Any) -> str:
    call = Call("parser.add_argument", [flag], {**named, "help": words})
    return f"    {lay_out(call, 4)}"
