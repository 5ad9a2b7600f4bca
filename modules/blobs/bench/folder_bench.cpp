// SPDX-License-Identifier: AGPL-3.0-or-later
// A folder store on the machine's temporary folder: an ingest puts a segment (about 1 MB) every 5 s of audio.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "soundhub/blobs/folder.hpp"

namespace soundhub::blobs {
namespace {

class Place {
 public:
  Place() {
    std::string pattern = std::filesystem::temp_directory_path() / "soundhub-bench-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
    folder_ = pattern;
    store_ = open_folder(folder_).value();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { std::filesystem::remove_all(folder_); }
  BlobStore& store() { return *store_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<BlobStore> store_;
};

/// Hash, write, fsync, link, fsync of the folder; each blob is new.
void BM_PutDurably(benchmark::State& state) {
  Place place;
  Bytes bytes(static_cast<std::size_t>(state.range(0)));
  std::uint64_t number = 0;
  for (auto _ : state) {
    ++number;
    std::memcpy(bytes.data(), &number, sizeof number);
    auto blob = put(place.store(), BytesView{bytes});
    benchmark::DoNotOptimize(blob);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_PutDurably)->Arg(4 << 10)->Arg(1 << 20)->UseRealTime();

void BM_OpenAndReadARange(benchmark::State& state) {
  Place place;
  const Bytes bytes(std::size_t{16} << 20);
  const auto blob = put(place.store(), BytesView{bytes}).value();
  Bytes out(std::size_t{1} << 18);
  for (auto _ : state) {
    const auto source = place.store().open(blob.key).value();
    benchmark::DoNotOptimize(source->read(5'000'000, out));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(BM_OpenAndReadARange);

}  // namespace
}  // namespace soundhub::blobs
