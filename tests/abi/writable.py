#!/usr/bin/env python3
"""The library has no writable data but what is listed here, with the reason: no state is shared
between objects or threads, whatever a function might keep in a static variable.

    writable.py SHARED
    writable.py --self-test CXX..."""
import re
import sys
import tempfile

from binary import expect, output_of, plant, report

ALLOWED = {
    # What the compiler's start files and the linker bring into every shared library.
    r"completed\.\d+": "whether the destructors ran",
    r"__dso_handle|__TMC_END__|__bss_start|_edata|_end": "addresses that the linker made symbols of",
    # Written by the dynamic linker before any of our code runs, and never again.
    r"DW\.ref\..+": "pointers of the exception tables to what libstdc++ has",
    # One NUL octet: the text that `char*` getters return on failure. Its type is the reference's;
    # the manual says not to write there, and nothing here does.
    r"sshauth::abi::no_text\(\)::empty": "the empty text",
    # The process's switch UseFIPSCompliantAPI: which library context of libcrypto the rows use.
    # Atomic pointers; lib/crypto/openssl/library.hpp says what changing them means.
    r"sshauth::openssl::\(anonymous namespace\)::(in_use|fips_library)": "the FIPS switch",
    # OpenSSL's provider "legacy", which is loaded when it is first asked for; constant from then on.
    r"sshauth::openssl::\(anonymous namespace\)::legacy_(once|library|parts|why)": "a module that is there or not",
    r"_ZN7sshauth7openssl12_GLOBAL__N_1(11legacy_once|14legacy_library|12legacy_parts|10legacy_why)E(\.\d+)?":
        "a module that is there or not",
    # The switch in clang's builds, which take its members apart; such names stay as they are mangled.
    r"_ZN7sshauth7openssl12_GLOBAL__N_1(6in_use|12fips_library)E\.\d+": "the FIPS switch",
    # The functions of libcares, which is loaded when a name is first looked up; constant from then on.
    r"(guard variable for )?sshauth::cares_library\(\)::loaded": "a library that is there or not",
    # Those of libfido2, of libargon2 and of libexpat, likewise.
    r"(guard variable for )?sshauth::fido2_library\(\)::loaded": "a library that is there or not",
    r"(guard variable for )?sshauth::\(anonymous namespace\)::library\(\)::loaded": "a library that is there or not",
    # PKCS#11 modules know one initialisation a process, which their users share (pkcs11_module.cpp).
    r"(guard variable for )?sshauth::\(anonymous namespace\)::registry\(\)::all": "the modules in use",
}
SECTION = re.compile(r"\s(\.t?(?:data|bss)(?!\.rel\.ro)\S*)\s+([0-9a-f]+)\s+(.+)$")


def writable_in(library):
    """(section, name) of what lies in writable sections; relocated constants are not writable."""
    found = []
    for line in output_of("objdump", "-tC", library).splitlines():
        match = SECTION.search(line)
        if match and match[3] != match[1]:
            found.append((match[1], re.sub(r"^\.(hidden|protected|internal) ", "", match[3])))
    return sorted(found)


def check(library):
    return [f"{section} holds {name}: state that objects and threads share"
            for section, name in writable_in(library)
            if not any(re.fullmatch(pattern, name) for pattern in ALLOWED)]


PLANTED = """
namespace sshauth {
static int count;
static thread_local int mine = 1;
static const int* const fine[] = {&count};
const char* volatile chosen = "a";
extern "C" const int* planted(unsigned i) {
  static int once = planted(0) != nullptr;
  count += once;
  return mine++ + *chosen ? fine[i] : nullptr;
}
}
"""


def self_test(cxx):
    with tempfile.TemporaryDirectory() as folder:
        library = plant(folder, "planted", PLANTED, cxx, "-shared", "-fPIC")
        expect(check(library), "guard variable for planted::once", "holds planted::once", "count", "chosen",
               "mine")


def main():
    if sys.argv[1] == "--self-test":
        self_test(sys.argv[2:])
        print("every planted variable was found")
        return
    said, found = check(sys.argv[1]), writable_in(sys.argv[1])
    if not any("no_text" in name for _, name in found):
        said.append("not even the allowed symbols were found: is the library stripped?")
    report(said, f"{len(found)} writable symbols")


if __name__ == "__main__":
    main()
