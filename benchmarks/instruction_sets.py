"""Instruction sets of a processor that a measurement runs under.

Products of 8-bit weights differ from one to the next, and so do words near a threshold: a figure
under one alone may be chance (docs/development.md, "Processors").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.conditions import cpu_flags

_AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "CT2_FORCE_CPU_ISA": "AVX2"}
_SSE41 = {"ONEDNN_MAX_CPU_ISA": "SSE41", "CT2_FORCE_CPU_ISA": "AVX"}


@dataclass(frozen=True, slots=True)
class InstructionSet:
    """The best set of the processor, or the variables that choose a lower one."""

    name: str
    environment: Mapping[str, str]


def instruction_sets() -> tuple[InstructionSet, ...]:
    """The best set of this processor, and another one."""
    has_avx512 = "avx512f" in cpu_flags()
    best = InstructionSet("AVX-512" if has_avx512 else "best", MappingProxyType({}))
    if has_avx512:
        return best, InstructionSet("AVX2", MappingProxyType(_AVX2))
    return best, InstructionSet("SSE 4.1", MappingProxyType(_SSE41))
