"""Prints agreements in the groups of RFC 2409 and RFC 3526, a row of vectors_modp.cpp each. For most of
these groups nobody has published values; here they are Python's pow, with private values that are
SHAKE-256 of a name and as long as the strength of the group asks for (RFC 3526 section 8)."""
import hashlib
import sys

sys.dont_write_bytecode = True  # the sources are not ours to write to
from modp_primes import BITS, GUARD_BITS, PI_GROUPS, group_prime, pi

# row, bits of p, octets of a private value, libcrypto's name of the group
ROWS = (("modp2", 1024, 32, None), ("modp14", 2048, 40, "modp_2048"), ("modp16", 4096, 48, "modp_4096"),
        ("modp18", 8192, 56, "modp_8192"))


def digits(number):
    text = f"{number:x}"
    return f'"{"0" * (len(text) % 2)}{text}"'


def main():
    constants, one = dict(PI_GROUPS), 1 << (BITS + GUARD_BITS)
    for row, bits, length, name in ROWS:
        p = group_prime(bits, constants[bits], pi(one))
        ours, theirs = (int.from_bytes(hashlib.shake_256(f"{row} {who}".encode()).digest(length), "big")
                        for who in ("ours", "theirs"))
        y = pow(2, theirs, p)
        fields = [f'"{row}"', "nullptr" if name is None else f'"{name}"', "nullptr" if name else digits(p),
                  digits(ours), digits(pow(2, ours, p)), digits(theirs), digits(y), digits(pow(y, ours, p))]
        print("{" + ", ".join(fields) + "},")


main()
