"""Which calls of the system student code may make: a filter for Linux that `bwrap --seccomp` puts in place.

It refuses what no notebook needs and what has weakened sandboxes before: memory that no limit counts, other views of
the file system, new namespaces, programs for the kernel, a choice of one's own processor. Refused calls fail as if
there were no right to them.
"""

from __future__ import annotations

import os
import platform
import struct
import tempfile

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
LOAD, EQUAL, ABOVE, BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST = 0, 4, 16  # where they stand in what the kernel shows the filter
NAMESPACES = 0x7E020000  # flags of `clone` that ask for new ones
FAMILIES = (1, 2, 10)  # of sockets: in the machine, and the internet's, of which there is none
# AUDIT_ARCH, then the column of REFUSED, then clone and socket
MACHINES = {"x86_64": (0xC000003E, 0, 56, 41), "aarch64": (0xC00000B7, 1, 220, 198)}
REFUSED = {  # (x86_64, aarch64), from the kernel's tables
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "personality": (135, 92),
    "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119), "sched_setattr": (314, 274),
    "setpriority": (141, 140), "fanotify_init": (300, 262), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "quotactl": (179, 60), "swapon": (167, 224), "reboot": (169, 142),
}  # fmt: skip


def known() -> bool:
    """Whether there is a filter for this machine."""
    return platform.machine() in MACHINES


def program(machine: str) -> bytes:
    """The filter as the kernel reads it: struct sock_filter (code, jump if true, jump if false, value) in a row."""
    architecture, column, clone, socket = MACHINES[machine]
    steps = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture), _refuse(EPERM), (LOAD, 0, 0, NUMBER)]
    steps += [(ABOVE, 0, 1, 0x40000000), _refuse(EPERM)]  # another set of numbers on the same machine
    steps += [(EQUAL, 0, 1, 435), _refuse(ENOSYS)]  # clone3, whose flags cannot be seen: libraries fall back to clone
    for numbers in REFUSED.values():
        steps += [(EQUAL, 0, 1, numbers[column]), _refuse(EPERM)]
    steps += [(EQUAL, 0, 4, clone), (LOAD, 0, 0, FIRST), (BITS, 0, 1, NAMESPACES), _refuse(EPERM), _allow()]
    steps += [(EQUAL, 0, 2 + len(FAMILIES), socket), (LOAD, 0, 0, FIRST)]
    steps += [(EQUAL, len(FAMILIES) - place, 0, family) for place, family in enumerate(FAMILIES)]
    steps += [_refuse(EAFNOSUPPORT), _allow()]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _refuse(number: int) -> tuple[int, int, int, int]:
    return RETURN, 0, 0, ERRNO | number


def _allow() -> tuple[int, int, int, int]:
    return RETURN, 0, 0, ALLOW


def descriptor() -> int:
    """A file descriptor from which the filter for this machine can be read; whoever asks closes it."""
    with tempfile.TemporaryFile() as stream:
        stream.write(program(platform.machine()))
        stream.flush()
        stream.seek(0)
        return os.dup(stream.fileno())
