"""Prints primes of Diffie-Hellman groups as their RFCs define them, {"name", bits, "hex"} each:

  RFC 2409 §6.2, RFC 3526 §2-§7   2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) * pi] + c)
  RFC 7919 §A                     2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) * e] + c)

Computed rather than copied: pi = 16 atan(1/5) - 4 atan(1/239) (Machin), e = 1 + 1/1! + 1/2! ... And
numbers that are no such primes, found by a search that begins at a fixed place."""

PI_GROUPS = ((1024, 129093), (1536, 741804), (2048, 124476), (3072, 1690314), (4096, 240904),
             (6144, 929484), (8192, 4743158))
E_GROUPS = ((2048, 560316), (4096, 5736041), (8192, 10965728))
BITS = 8192
GUARD_BITS = 128


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


def pi(one):
    return 16 * atan_inverse(5, one) - 4 * atan_inverse(239, one)


def e(one):
    total, term, n = one, one, 1
    while term:
        term //= n
        total += term
        n += 1
    return total


def group_prime(bits, constant, digits):
    scaled = digits >> (BITS + GUARD_BITS - (bits - 130))
    return 2**bits - 2**(bits - 64) - 1 + 2**64 * (scaled + constant)


def is_prime(n):
    """Miller and Rabin to the first twelve primes: certain below 3.3 * 10^24, which is enough."""
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        x = pow(base, odd, n)
        if x not in (1, n - 1) and all((x := x * x % n) != n - 1 for _ in range(twos - 1)):
            return False
    return True


def next_prime(n):
    n |= 1
    while not is_prime(n):
        n += 2
    return n


def not_safe():
    """A prime p whose (p-1)/2 is the product of two primes without small factors."""
    first = next_prime(2**34)
    second = next_prime(2**38)
    while not is_prime(2 * first * second + 1):
        second = next_prime(second + 2)
    return 2 * first * second + 1


def composite():
    """Of two primes without small factors."""
    return next_prime(2**36) * next_prime(2**40)


def pseudoprime():
    """A Mersenne number that is none: 2^(n-1) = 1 mod n all the same, and no factor below 2^16."""
    return 2**101 - 1


def main():
    one = 1 << (BITS + GUARD_BITS)
    rows = [(f"modp{n}", n, group_prime(n, c, pi(one))) for n, c in PI_GROUPS]
    rows += [(f"ffdhe{n}", n, group_prime(n, c, e(one))) for n, c in E_GROUPS]
    rows += [(name, 0, make()) for name, make in
             (("not safe", not_safe), ("composite", composite), ("pseudoprime", pseudoprime))]
    for name, bits, number in rows:
        digits = f"{number:x}"
        print(f'{{"{name}", {bits}, "{"0" * (len(digits) % 2)}{digits}"}},')


if __name__ == "__main__":
    main()
