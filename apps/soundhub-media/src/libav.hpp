// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
// libav's headers don't pass our warnings and aren't C++.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
}
#pragma GCC diagnostic pop

#include <memory>
#include <string>

#include "file.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::media {

struct FreeFormat {
  void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
};
struct FreeCodec {
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
};
struct FreePacket {
  void operator()(AVPacket* p) const { av_packet_free(&p); }
};
struct FreeFrame {
  void operator()(AVFrame* p) const { av_frame_free(&p); }
};
using Format = std::unique_ptr<AVFormatContext, FreeFormat>;
using Codec = std::unique_ptr<AVCodecContext, FreeCodec>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;
using Picture = std::unique_ptr<AVFrame, FreeFrame>;

std::string av_error_text(int error);

/// libavformat's view of a File: reads and seeks, nothing else.
class AvioFile {
 public:
  explicit AvioFile(const File& file);
  ~AvioFile();
  AvioFile(const AvioFile&) = delete;
  AvioFile& operator=(const AvioFile&) = delete;
  AVIOContext* get() const { return context_; }

 private:
  static int read(void* self, std::uint8_t* out, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  const File& file_;
  std::int64_t position_{};
  AVIOContext* context_{};
};

/// The demuxer named `demuxer` on `avio` (read from its start), allowed to decode `codecs` and to open nothing.
/// `option`: one of the demuxer's, "name=value" or empty.
Result<Format> open_format(const AvioFile& avio, const char* demuxer, const char* codecs, const char* error_key,
                           const std::string& option = {});

}  // namespace soundhub::media
