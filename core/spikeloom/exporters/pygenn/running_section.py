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
    revives: bool
    sources_reset: bool
    overlapping: tuple[str, ...] = ()

    # -- options -------------------------------------------------------------------------------------------------
    def options(self) -> str:
        """The function that reads the command line."""
        learns, lines = self.compiled.learns, ["def read_options():", '    """The options of the command line."""']
        lines += ["    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])"]
        if learns:
            lines += [_option("--epochs", "how many to train", type=Text("int"), default=Text("EPOCHS"))]
            lines += [_option("--seed", "of weights and of the order", type=Text("int"), default=Text("SEED"))]
            lines += [_option("--evaluate", "look at the test examples alone", action="store_true")]
            lines += [_option("--save", "file.npz for what was learned")]
        lines += [_option("--batch-size", "of examples", type=Text("int"), default=Text("BATCH_SIZE"))]
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
        lines += ['        raise SystemExit("the loss became infinite or NaN: lower the learning rate")']
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
        lines = ["def train(model, examples, held, options, first, step):"]
        lines += ['    """Train, and print how each epoch went."""', "    size = options.batch_size"]
        if online and not self.loop.shares_forward:
            lines += ["    batch = ()", "", "    def learn_now():", "        nonlocal step"]
            lines += ["        forget(model, count)", "        step += 1"]
            lines += [f"        learn({self.loop.learn_args.replace('len(batch)', 'len(batch)')})", ""]
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
        lines += ["            for chunk, count in chunks(batch, model.batch_size):"]
        lines += self._examples(online)
        lines += ["            step += 1", f"            learn({self.loop.learn_args})"]
        if self.revives:
            lines += ["        revive(model)"]
        lines += ["        words = figures(loss, hits, len(order))"]
        lines += ["        if held is not None:", '            words += f"; validation {evaluate(model, held)}"']
        lines += ["        seconds = time.perf_counter() - began"]
        lines += ['        print(f"epoch {epoch + 1}: {words} ({seconds:.1f} s)", flush=True)']
        return "\n".join([*lines, "    return last, step"])

    def _examples(self, online: bool) -> list[str]:
        space = " " * 16
        if self.loop.shares_forward:
            lines = ["results = forward(model, examples, chunk)", f"backward({self.loop.backward_args})"]
        else:
            more = ", learn_now" if online else ""
            lines = [f"results = train_examples(model, examples, chunk{more})"]
        lines += ["forget(model, count)"]
        lines += ["results = {key: values[:count] for key, values in results.items()}"]
        lines += ["more_loss, more_hits = judge(results, examples, chunk[:count])"]
        lines += ["loss, hits = loss + more_loss, hits + more_hits"]
        return [f"{space}{line}" for line in lines]

    # -- the program ---------------------------------------------------------------------------------------------
    def main(self) -> str:
        """The function that runs everything."""
        learns = self.compiled.learns
        lines = ["def main():", '    """Run the script."""', "    options = read_options()"]
        lines += ["    backend = options.backend or next(iter(backend_modules))"]
        for name in self.overlapping:
            words = f"'{name}': its windows overlap, which GeNN's CPU alone adds up rightly"
            lines += ["    if backend != CPU:", f"        {lay_out(Call('raise SystemExit', [words]), 8)}"]
        lines += ["    # GeNN's CPU runs one example at a time: a batch's gradients add up in turns."]
        lines += ["    side_by_side = 1 if backend == CPU else options.batch_size"]
        lines += ["    data = np.load(options.data)"]
        if learns:
            lines += ['    splits = ("test",) if options.evaluate else ("train", "validation", "test")']
            lines += ['    found = {name.partition(".")[0] for name in data.files}']
            lines += ["    splits = {name: load_examples(data, name) for name in splits if name in found}"]
        else:
            lines += ['    splits = {"test": load_examples(data, "test")}']
        args = ["backend", "side_by_side", "options.seed" if learns else "SEED"]
        spiking = self.spiking
        if spiking:
            lines += ["    most_spikes = {"]
            lines += ["        name: side_by_side * max(longest(each, name) for each in splits.values())"]
            lines += [f"        for name in {lay_out(tuple(spiking))}", "    }"]
            args.append("most_spikes")
        if self.with_arrays:
            args.append("np.load(FILE)")
        lines += [f"    model = build({', '.join(args)})"]
        lines += (
            ["    epoch, step = load_weights(model, options.weights) if options.weights else (0, 0)"]
            if learns
            else ["    if options.weights:", "        load_weights(model, options.weights)"]
        )
        if self.transposes:
            lines += ["    transpose(model)"]
        if learns:
            updates = self.compiled.schedules["train"].updates
            if updates > 1:
                lines += [f"    step *= {updates}  # the file counts batches, and each has so many updates"]
            lines += ["    if not options.evaluate:"]
            lines += [
                '        held = splits.get("validation")',
                '        epoch, step = train(model, splits["train"], held, options, epoch, step)',
            ]
        lines += ["    print(f\"test: {evaluate(model, splits['test'])}\")"]
        if learns:
            batches = "step" if updates == 1 else f"step // {updates}"
            lines += ["    if options.save:", f"        save_weights(model, options.save, epoch, {batches})"]
        return "\n".join([*lines, "", "", 'if __name__ == "__main__":', "    main()"]) + "\n"

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
