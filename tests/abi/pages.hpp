// Code pages and texts in them, written down by hand, for the tests of CodePage.
#pragma once

#include <string>

namespace test {

struct PageText {
  int page;
  std::string utf8;
  std::string octets;  // of the same text in the page
};

inline const PageText kPageTexts[] = {
    {1252, "Zo\xc3\xab \xe2\x82\xac", "Zo\xeb \x80"},
    {437, "Zo\xc3\xab \xc3\xb1", "Zo\x89 \xa4"},
    {932, "\xe6\x97\xa5\xe6\x9c\xac x", "\x93\xfa\x96\x7b x"},
    {1251, "\xd0\x9f\xd1\x80\xd0\xb8", "\xcf\xf0\xe8"},
    {20866, "\xd0\x9f\xd1\x80\xd0\xb8", "\xf0\xd2\xc9"},
    {28591, "Zo\xc3\xab", "Zo\xeb"},
    // EBCDIC: no octet is that of US-ASCII.
    {37, "Zo\xc3\xab 1", "\xe9\x96\x53\x40\xf1"},
};

// US-ASCII letters, digits and what settings are written with, in EBCDIC 037.
inline std::string ebcdic(const std::string& text) {
  std::string out;
  for (const char c : text) {
    unsigned octet = 0x40;
    if (c >= 'a' && c <= 'i') octet = 0x81u + static_cast<unsigned>(c - 'a');
    if (c >= 'j' && c <= 'r') octet = 0x91u + static_cast<unsigned>(c - 'j');
    if (c >= 's' && c <= 'z') octet = 0xa2u + static_cast<unsigned>(c - 's');
    if (c >= 'A' && c <= 'I') octet = 0xc1u + static_cast<unsigned>(c - 'A');
    if (c >= 'J' && c <= 'R') octet = 0xd1u + static_cast<unsigned>(c - 'J');
    if (c >= 'S' && c <= 'Z') octet = 0xe2u + static_cast<unsigned>(c - 'S');
    if (c >= '0' && c <= '9') octet = 0xf0u + static_cast<unsigned>(c - '0');
    if (c == '=') octet = 0x7e;
    if (c == '.') octet = 0x4b;
    if (c == '*') octet = 0x5c;
    if (c == ',') octet = 0x6b;
    if (c == '-') octet = 0x60;
    out += static_cast<char>(octet);
  }
  return out;
}

// A text of US-ASCII as a host that works in `page` writes it.
inline std::string written(int page, const std::string& text) {
  return page == 37 ? ebcdic(text) : text;
}

}  // namespace test
