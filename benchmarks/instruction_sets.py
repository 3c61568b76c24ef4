"""Instruction sets of a processor that a measurement runs under.

Products of 8-bit weights differ from one to the next, and so do words near a threshold: a figure
under one alone may be chance (docs/development.md, "Processors").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.conditions import cpu_flags

_AVX2 = MappingProxyType({"ONEDNN_MAX_CPU_ISA": "AVX2", "CT2_FORCE_CPU_ISA": "AVX2"})
_SSE41 = MappingProxyType({"ONEDNN_MAX_CPU_ISA": "SSE41", "CT2_FORCE_CPU_ISA": "AVX"})


@dataclass(frozen=True, slots=True)
class InstructionSet:
    """The best set of the processor, or the variables that choose a lower one."""

    name: str
    environment: Mapping[str, str]


def instruction_sets() -> tuple[InstructionSet, ...]:
    """The best set of this processor, and another one where the engine can be held to it."""
    flags = cpu_flags()
    if "avx512f" in flags:
        return InstructionSet("AVX-512", MappingProxyType({})), InstructionSet("AVX2", _AVX2)
    if "avx2" in flags:
        return InstructionSet("AVX2", MappingProxyType({})), InstructionSet("SSE 4.1", _SSE41)
    return (InstructionSet("best", MappingProxyType({})),)
