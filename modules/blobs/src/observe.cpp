// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/observe.hpp"

#include <utility>

namespace soundhub::blobs {
namespace {

/// What happens around one call.
template <class F>
auto timed(const Observe& observe, std::string_view name, F&& work) {
  const auto began = std::chrono::steady_clock::now();
  auto result = std::forward<F>(work)();
  const auto took = std::chrono::steady_clock::now() - began;
  observe({name, result ? std::string_view{"ok"} : std::string_view{result.error().key},
           std::chrono::duration_cast<std::chrono::microseconds>(took)});
  return result;
}

class ObservedSource final : public ByteSource {
 public:
  ObservedSource(std::unique_ptr<ByteSource> source, const Observe& observe)
      : source_{std::move(source)}, observe_{observe} {}
  std::uint64_t size() const override { return source_->size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    return timed(observe_, "read", [&] { return source_->read(offset, out); });
  }
  std::optional<int> descriptor() const override { return source_->descriptor(); }

 private:
  std::unique_ptr<ByteSource> source_;
  Observe observe_;  // its own: a source may outlive its store
};

class ObservedWriter final : public BlobWriter {
 public:
  ObservedWriter(std::unique_ptr<BlobWriter> writer, const Observe& observe)
      : writer_{std::move(writer)}, observe_{observe} {}
  Result<void> write(BytesView bytes) override {
    return timed(observe_, "write", [&] { return writer_->write(bytes); });
  }
  Result<Blob> commit() override {
    return timed(observe_, "commit", [&] { return writer_->commit(); });
  }

 private:
  std::unique_ptr<BlobWriter> writer_;
  const Observe& observe_;
};

class ObservedStore final : public BlobStore {
 public:
  ObservedStore(std::unique_ptr<BlobStore> store, Observe observe)
      : store_{std::move(store)}, observe_{std::move(observe)} {}
  Result<std::unique_ptr<BlobWriter>> begin() override {
    SH_TRY(auto writer, timed(observe_, "begin", [&] { return store_->begin(); }));
    return std::make_unique<ObservedWriter>(std::move(writer), observe_);
  }
  Result<std::unique_ptr<ByteSource>> open(const BlobKey& key) override {
    SH_TRY(auto source, timed(observe_, "open", [&] { return store_->open(key); }));
    return std::make_unique<ObservedSource>(std::move(source), observe_);
  }
  Result<Blob> stat(const BlobKey& key) override {
    return timed(observe_, "stat", [&] { return store_->stat(key); });
  }
  Result<void> list(const std::function<Result<void>(const Listed&)>& visit) override {
    return timed(observe_, "list", [&] { return store_->list(visit); });
  }
  Result<bool> remove(const BlobKey& key, Time older_than) override {
    return timed(observe_, "remove", [&] { return store_->remove(key, older_than); });
  }
  Result<std::optional<std::string>> link(const BlobKey& key, const LinkOptions& options) override {
    return timed(observe_, "link", [&] { return store_->link(key, options); });
  }
  std::string link_origin() const override { return store_->link_origin(); }
  Result<std::uint64_t> abandon(Time older_than) override {
    return timed(observe_, "abandon", [&] { return store_->abandon(older_than); });
  }
  Result<void> check() override {
    return timed(observe_, "check", [&] { return store_->check(); });
  }

 private:
  std::unique_ptr<BlobStore> store_;
  Observe observe_;
};

}  // namespace

std::unique_ptr<BlobStore> observed(std::unique_ptr<BlobStore> store, Observe observe) {
  if (!observe) return store;
  return std::make_unique<ObservedStore>(std::move(store), std::move(observe));
}

}  // namespace soundhub::blobs
