// SPDX-License-Identifier: AGPL-3.0-or-later
#include "libav.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

namespace soundhub::media {
namespace {

constexpr int avio_buffer_bytes = 1 << 16;

int refuse_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

}  // namespace

std::string av_error_text(int error) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(error, text.data(), text.size());
  return text.data();
}

AvioFile::AvioFile(const File& file) : file_{file} {
  auto* buffer = static_cast<unsigned char*>(av_malloc(avio_buffer_bytes));
  context_ = avio_alloc_context(buffer, avio_buffer_bytes, 0, this, &AvioFile::read, nullptr, &AvioFile::seek);
  if (context_ == nullptr) throw std::bad_alloc{};
}

AvioFile::~AvioFile() {
  av_freep(&context_->buffer);
  avio_context_free(&context_);
}

int AvioFile::read(void* self, std::uint8_t* out, int size) {
  auto& me = *static_cast<AvioFile*>(self);
  const auto got = me.file_.read_at(me.position_, {reinterpret_cast<std::byte*>(out), static_cast<std::size_t>(size)});
  if (got == 0) return AVERROR_EOF;
  me.position_ += static_cast<std::int64_t>(got);
  return static_cast<int>(got);
}

std::int64_t AvioFile::seek(void* self, std::int64_t offset, int whence) {
  auto& me = *static_cast<AvioFile*>(self);
  const auto size = me.file_.size();
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return size;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += me.position_;
      break;
    case SEEK_END:
      offset += size;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return me.position_ = offset;
}

Result<Format> open_format(const AvioFile& avio, const char* demuxer, const char* codecs, const char* error_key,
                           const std::string& option) {
  avio_seek(avio.get(), 0, SEEK_SET);
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) throw std::bad_alloc{};
  context->pb = avio.get();
  context->io_open = &refuse_open;
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->codec_whitelist = av_strdup(codecs);
  context->format_whitelist = av_strdup(demuxer);
  context->protocol_whitelist = av_strdup("none");
  // On failure libav has freed the context already.
  AVDictionary* options = nullptr;
  av_dict_parse_string(&options, option.c_str(), "=", ",", 0);
  const int bad = avformat_open_input(&context, nullptr, av_find_input_format(demuxer), &options);
  av_dict_free(&options);
  if (bad == AVERROR(ENOMEM)) throw std::bad_alloc{};
  if (bad < 0) return fail(Errc::invalid, error_key, av_error_text(bad));
  return Format{context};
}

}  // namespace soundhub::media
