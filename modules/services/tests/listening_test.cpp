// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/listening.hpp"

#include "fixture.hpp"

namespace soundhub::services {
namespace {

/// A store that has links; its bytes aren't asked for where one will do.
class LinkedStore final : public blobs::BlobStore {
 public:
  explicit LinkedStore(blobs::BlobStore& behind) : behind_{behind} {}
  Result<std::unique_ptr<blobs::BlobWriter>> begin() override { return behind_.begin(); }
  Result<std::unique_ptr<ByteSource>> open(const blobs::BlobKey& key) override {
    ++opened;
    return behind_.open(key);
  }
  Result<blobs::Blob> stat(const blobs::BlobKey& key) override { return behind_.stat(key); }
  Result<void> list(const std::function<Result<void>(const blobs::Listed&)>& visit) override {
    return behind_.list(visit);
  }
  Result<bool> remove(const blobs::BlobKey& key, Time than) override { return behind_.remove(key, than); }
  Result<std::optional<std::string>> link(const blobs::BlobKey& key, const blobs::LinkOptions& options) override {
    asked = options;
    return "https://s3.example/" + key.hex();
  }
  int opened{0};
  blobs::LinkOptions asked;

 private:
  blobs::BlobStore& behind_;
};

std::string named(const std::string& file_name) {
  return "attachment " + file_name;
}

class ListeningTest : public ServicesTest {
 protected:
  Context linked() { return {*db_, store_, clock_, random_, log_}; }
  UserId mina_{user("mina")}, joon_{user("joon")};
  LinkedStore store_{*blobs_};
  Listening listening_{linked(), Delivery::redirect};
  Wanted by_link_{.by_link = true, .content_type = "audio/ogg", .disposition = &named};
};

TEST_F(ListeningTest, WhoMayHearIsSentToWhereTheBytesAre) {
  const auto take = first_part(song(mina_), mina_).take;
  const auto original = must(listening_.original(mina_, take.id, by_link_));
  EXPECT_EQ(original.link, "https://s3.example/" + original.tag);
  EXPECT_FALSE(original.source);
  EXPECT_EQ(store_.asked.content_type, "audio/ogg");
  EXPECT_EQ(store_.asked.disposition, "attachment " + take.file_name);
  EXPECT_EQ(store_.opened, 0);
}

TEST_F(ListeningTest, WhoMayNotHearGetsNoLink) {
  const auto open = first_part(song(mina_), mina_).take;
  EXPECT_EQ(refusal(listening_.original(joon_, open.id, by_link_)), "part.not_yours");
  const auto hidden = first_part(unpublished_song(mina_), mina_).take;
  EXPECT_EQ(refusal(listening_.original(joon_, hidden.id, by_link_)), "take.not_found");
}

TEST_F(ListeningTest, BytesComeFromUsIfTheSettingOrTheRequestSaysSo) {
  const auto take = first_part(song(mina_), mina_).take;
  Listening through_us{linked()};
  EXPECT_TRUE(must(through_us.original(mina_, take.id, by_link_)).source);
  EXPECT_TRUE(must(listening_.original(mina_, take.id)).source);
}

TEST_F(ListeningTest, AStoreWithoutLinksIsReadThroughUs) {
  const auto take = first_part(song(mina_), mina_).take;
  Listening from_folder{context(), Delivery::redirect};
  EXPECT_TRUE(must(from_folder.original(mina_, take.id, by_link_)).source);
}

}  // namespace
}  // namespace soundhub::services
