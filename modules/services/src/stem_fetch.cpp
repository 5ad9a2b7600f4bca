// SPDX-License-Identifier: AGPL-3.0-or-later
#include "stem_fetch.hpp"

namespace soundhub::services {
namespace {

constexpr std::uint64_t segment_bytes = 16 << 20;  // ten times what five seconds of stereo can be

}  // namespace

StemFetch::StemFetch(blobs::BlobStore& store, const std::vector<std::vector<std::string>>& keys)
    : store_{store}, keys_{keys} {}

StemFetch::~StemFetch() {
  const std::lock_guard lock{mutex_};
  ending_ = true;
  line_.clear();
  changed_.notify_all();
}

bool StemFetch::exists(Place place) const {
  return place.first < keys_.size() && place.second >= 0 &&
         place.second < static_cast<std::int64_t>(keys_[place.first].size());
}

Result<std::unique_ptr<ByteSource>> StemFetch::open(Place place) {
  SH_TRY(const auto key, blobs::BlobKey::parse(keys_[place.first][static_cast<std::size_t>(place.second)]));
  return store_.open(key);
}

Result<std::string> StemFetch::fetch(Place place) {
  SH_TRY(const auto source, open(place));
  return read_all(*source, segment_bytes);
}

Result<std::unique_ptr<ByteSource>> StemFetch::segment(std::size_t channel, std::int64_t index) {
  const Place place{channel, index};
  if (!exists(place)) return fail(Errc::internal, "internal", "no such segment");
  if (!far_) {
    SH_TRY(auto first, open(place));
    far_ = !first->descriptor();
    if (!*far_) return first;
    begin();
  }
  if (!*far_) return open(place);
  std::unique_lock lock{mutex_};
  want(place);
  want({channel, index + 1});
  changed_.wait(lock, [&] { return wanted_.at(place).has_value(); });
  auto bytes = *std::move(wanted_.at(place));
  wanted_.erase(place);
  if (!bytes) return tl::unexpected(bytes.error());
  return std::make_unique<MemorySource>(*std::move(bytes));
}

void StemFetch::begin() {
  for (int i = 0; i < threads; ++i) crew_.emplace_back([this] { work(); });
  const std::lock_guard lock{mutex_};
  for (std::size_t channel = 0; channel < keys_.size(); ++channel) want({channel, 0});
}

void StemFetch::want(Place place) {
  if (!exists(place) || !wanted_.try_emplace(place).second) return;
  line_.push_back(place);
  changed_.notify_all();
}

void StemFetch::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !line_.empty(); });
    if (ending_) return;
    const auto place = line_.front();
    line_.pop_front();
    lock.unlock();
    auto bytes = fetch(place);
    lock.lock();
    wanted_.at(place) = std::move(bytes);
    changed_.notify_all();
  }
}

}  // namespace soundhub::services
