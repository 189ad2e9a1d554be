"""Prints Blowfish's initial state: the fraction of pi in 32-bit words, the 18 of P first, then the
4 x 256 of the S-boxes. Computed rather than copied: pi = 16 atan(1/5) - 4 atan(1/239) (Machin)."""

WORDS = 18 + 4 * 256
GUARD_BITS = 64


def atan_inverse(x, one):
    """atan(1/x) in units of 1/one: the series 1/x - 1/3x^3 + 1/5x^5 ..."""
    power = one // x
    total = power
    n = 1
    while power:
        power //= -x * x
        n += 2
        total += power // n
    return total


def fraction_of_pi(bits):
    one = 1 << (bits + GUARD_BITS)
    pi = 16 * atan_inverse(5, one) - 4 * atan_inverse(239, one)
    return (pi - 3 * one) >> GUARD_BITS


def main():
    bits = 32 * WORDS
    fraction = fraction_of_pi(bits)
    words = [fraction >> (bits - 32 * (i + 1)) & 0xFFFFFFFF for i in range(WORDS)]
    for i in range(0, WORDS, 8):
        print("".join(f"0x{word:08x}," for word in words[i:i + 8]))


main()
