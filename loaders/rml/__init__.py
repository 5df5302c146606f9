"""RML compiled to functions from a record to N-Triples lines."""

from kamara.loaders.rml.compiled import CompiledSource
from kamara.loaders.rml.compiler import CompiledMapping, compile_mapping
from kamara.loaders.rml.explain import Explanation, Problem
from kamara.loaders.rml.functions import FunctionRegistry

__all__ = [
    "CompiledMapping",
    "CompiledSource",
    "Explanation",
    "FunctionRegistry",
    "Problem",
    "compile_mapping",
]
