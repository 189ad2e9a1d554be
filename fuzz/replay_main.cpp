// Runs a fuzz target without a fuzzer: over every file of the given folders, as it is and through
// a bounded, fixed set of mutations (cuts, flips, repeats). A crash names the file and mutation.
//
//   replay_TARGET [--print FILE MUTATION] FOLDER...
//
// No input at all is a failure: an empty corpus tests nothing.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

// Runs per file: the file itself, cuts, and changes spread evenly over it.
constexpr std::size_t kCuts = 96, kPlaces = 48;
constexpr std::uint8_t kFlips[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
constexpr std::size_t kChanges = std::size(kFlips) + 3;
constexpr std::size_t kRuns = 1 + kCuts + kPlaces * kChanges;

std::string current_file;
std::size_t current_run = 0;

void tell_where(int signal) {
  std::fprintf(stderr, "crashed on %s, mutation %zu (--print shows the input)\n",
               current_file.c_str(), current_run);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

Input load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Where the `i`th of `num` evenly spread places in the input is.
std::ptrdiff_t place(const Input& in, std::size_t i, std::size_t num) {
  return static_cast<std::ptrdiff_t>(in.size() * i / num);
}

void change(Input& in, std::ptrdiff_t at, std::size_t how) {
  const auto here = in.begin() + at;
  if (how < std::size(kFlips)) {
    *here = *here == kFlips[how] ? static_cast<std::uint8_t>(*here ^ 0x20) : kFlips[how];
  } else if (how == std::size(kFlips)) {
    in.erase(here);
  } else if (how == std::size(kFlips) + 1) {
    in.insert(here, *here);
  } else {
    const std::ptrdiff_t len = std::min<std::ptrdiff_t>(64, in.end() - here);
    const Input piece(here, here + len);
    in.insert(here, piece.begin(), piece.end());
  }
}

Input mutated(const Input& original, std::size_t run) {
  Input in = original;
  if (run == 0 || in.empty()) return in;
  if (run <= kCuts) {
    in.resize(static_cast<std::size_t>(place(in, run - 1, kCuts)));
    return in;
  }
  const std::size_t rest = run - 1 - kCuts;
  change(in, place(in, rest / kChanges, kPlaces), rest % kChanges);
  return in;
}

std::size_t replay(const std::filesystem::path& path) {
  const Input original = load(path);
  current_file = path.string();
  const std::size_t runs = original.empty() ? 1 : kRuns;
  for (current_run = 0; current_run < runs; ++current_run) {
    const Input in = mutated(original, current_run);
    LLVMFuzzerTestOneInput(in.data(), in.size());
  }
  return runs;
}

int print(const char* file, const char* run) {
  const Input in = mutated(load(file), std::strtoul(run, nullptr, 10));
  return std::fwrite(in.data(), 1, in.size(), stdout) == in.size() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--print") return print(argv[2], argv[3]);
  std::signal(SIGABRT, tell_where);
  std::signal(SIGSEGV, tell_where);
  std::size_t files = 0, runs = 0;
  for (int i = 1; i < argc; ++i) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i]))
      if (entry.is_regular_file()) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) runs += replay(path);
    files += paths.size();
  }
  std::printf("%zu files, %zu runs\n", files, runs);
  return files == 0 ? 1 : 0;
}
