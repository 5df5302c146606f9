"""What a worker process may take from the machine: memory, stack, processor time, and no network (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from pathlib import Path

# The kernel leaves at least 128 MiB below the main stack of every process; deep parses need some 50 MiB.
_STACK = 112 << 20

# <linux/seccomp.h>, <linux/audit.h> and the table of system calls, by machine.
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38
_SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE_EPERM = 0x7FFF0000, 0x00050001


def environment() -> dict[str, str]:
    """The environment of a process that evaluates: ours, and an allocator that suits the engine.

    The engine takes and returns hundreds of small pieces of memory a query; glibc keeps seven of a size at
    hand. With a thousand clerks answered a fifth more light queries a second (docs/decisions/clerks.md).
    """
    return {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=1000:glibc.malloc.tcache_max=4096", **os.environ}


def data_bytes() -> int:
    """Private writable memory and stack of this process, in bytes: what RLIMIT_DATA counts, and the stack."""
    return int(Path("/proc/self/statm").read_bytes().split()[5]) * resource.getpagesize()


def limit_data(limit: int) -> None:
    """End this process (SIGABRT) when its private memory passes `limit` bytes."""
    resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def limit_processor(seconds: int) -> None:
    """End this process (SIGXCPU) when it has used `seconds` more of processor time.

    The deadline is kept by the parent; this ends a worker whose parent was killed.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def prepare_process() -> None:
    """No core dumps; the end comes with the parent's; room for the parser's recursion on the main stack."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    stack = _STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_STACK, (stack, hard))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def deny_network() -> bool:
    """Let socket(2) fail with EPERM from now on (seccomp). False where the system has no such filter."""
    known = _SOCKET_CALL.get(os.uname().machine)
    if known is None:
        return False
    architecture, call = known
    code = b"".join(
        struct.pack("HBBI", *step)
        for step in (
            (_LOAD, 0, 0, 4),
            (_JUMP_IF_EQUAL, 0, 3, architecture),
            (_LOAD, 0, 0, 0),
            (_JUMP_IF_EQUAL, 0, 1, call),
            (_RETURN, 0, 0, _REFUSE_EPERM),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
