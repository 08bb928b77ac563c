"""The structures of prelude.cc as ctypes sees them; their order and types must stay the same in both."""

from __future__ import annotations

import ctypes

_address, _int64, _int32, _uint32 = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32, ctypes.c_uint32


class SpikeArrays(ctypes.Structure):
    """``Spikes``: the input spikes of a data set."""

    _fields_ = [("offsets", _address), ("steps", _address), ("ids", _address)]


class ValueArray(ctypes.Structure):
    """``Values``: one array per example of a data set."""

    _fields_ = [("data", _address), ("stride", _int64)]


class ResultArray(ctypes.Structure):
    """``Result``: one array per position in the job."""

    _fields_ = [("data", _address), ("stride", _int64)]


class SpikeRecordArrays(ctypes.Structure):
    """``SpikeRecord``: recorded spikes of a population."""

    _fields_ = [
        ("population", _int64),
        ("capacity", _int64),
        ("steps", _address),
        ("ids", _address),
        ("counts", _address),
    ]


class VarRecordArrays(ctypes.Structure):
    """``VarRecord``: a recorded variable."""

    _fields_ = [
        ("phase", _int64),
        ("offset", _int64),
        ("integer", _int64),
        ("count", _int64),
        ("late", _int64),
        ("ids", _address),
        ("out", _address),
    ]


class FailureInfo(ctypes.Structure):
    """``Failure``: the first thing that went wrong."""

    _fields_ = [
        ("kind", _int32),
        ("group", _int32),
        ("variable", _int32),
        ("index", _int32),
        ("position", _int64),
        ("step", _int64),
    ]


class Job(ctypes.Structure):
    """``Job``: everything the threads need to run some batches."""

    _fields_ = [
        ("shared", _address),
        ("slots", _address),
        ("shards", _address),
        ("params", _address),
        ("slot_bytes", _int64),
        ("shard_bytes", _int64),
        ("spikes", _address),
        ("values", _address),
        ("results", _address),
        ("spike_records", _address),
        ("var_records", _address),
        ("record_slots", _address),
        ("spike_counts", _address),
        ("n_spike_records", _int64),
        ("n_var_records", _int64),
        ("batch_offsets", _address),
        ("examples", _address),
        ("n_batches", _int64),
        ("dynamic_values", _address),
        ("n_dynamic", _int64),
        ("tickets", _address),
        ("batches_done", _int64),
        ("schedule", _int32),
        ("update", _int32),
        ("n_threads", _int32),
        ("n_shards", _int32),
        ("timesteps", _int32),
        ("check_each_step", _int32),
        ("stamp", _int32),
        ("seed", _uint32),
        ("epoch", _uint32),
        ("stop", _int32),
        ("leave", _int32),
        ("waiting", _int32),
        ("meeting", _int32),
        ("failure", FailureInfo),
    ]
