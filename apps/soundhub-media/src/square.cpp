// SPDX-License-Identifier: AGPL-3.0-or-later
#include "square.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}
#pragma GCC diagnostic pop

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <vector>

namespace soundhub::media {
namespace {

constexpr int jpeg_quality = 3;  ///< libav's scale, 2 (best) to 31

struct FreeScaler {
  void operator()(SwsContext* p) const { sws_freeContext(p); }
};

/// 32-bit RGBA, rows after each other.
struct Pixels {
  int side{};
  std::vector<std::uint8_t> rgba;
  std::uint8_t* at(int x, int y) {
    return rgba.data() +
           4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x));
  }
};

tl::unexpected<Error> failed(const char* why) {
  return fail(Errc::invalid, "image.undecodable", why);
}

/// The decoded picture's middle square as pointers into its planes. Chroma planes are finer than a pixel, so the corner
/// is moved to a whole one.
struct Crop {
  std::array<const std::uint8_t*, 4> data{};
  int side{};
};

Crop middle_square(const AVFrame& picture, const AVPixFmtDescriptor& format) {
  Crop crop;
  crop.side = std::min(picture.width, picture.height);
  const int x = (picture.width - crop.side) / 2 >> format.log2_chroma_w << format.log2_chroma_w;
  const int y = (picture.height - crop.side) / 2 >> format.log2_chroma_h << format.log2_chroma_h;
  std::array<int, 4> steps{};
  av_image_fill_max_pixsteps(steps.data(), nullptr, &format);
  for (std::size_t plane = 0; plane < 4 && picture.data[plane] != nullptr; ++plane) {
    const bool palette = (format.flags & AV_PIX_FMT_FLAG_PAL) != 0 && plane == 1;
    const bool chroma = (plane == 1 || plane == 2) && (format.flags & AV_PIX_FMT_FLAG_RGB) == 0;
    const int px = chroma ? x >> format.log2_chroma_w : x;
    const int py = chroma ? y >> format.log2_chroma_h : y;
    const auto offset =
        static_cast<std::ptrdiff_t>(py) * picture.linesize[plane] + static_cast<std::ptrdiff_t>(px) * steps[plane];
    crop.data[plane] = picture.data[plane] + (palette ? 0 : offset);
  }
  return crop;
}

Result<Pixels> scaled(const AVFrame& picture, int side) {
  const auto format = static_cast<AVPixelFormat>(picture.format);
  const auto* description = av_pix_fmt_desc_get(format);
  if (description == nullptr || (description->flags & AV_PIX_FMT_FLAG_BITSTREAM) != 0) return failed("pixel format");
  const auto crop = middle_square(picture, *description);
  const std::unique_ptr<SwsContext, FreeScaler> scaler{sws_getContext(crop.side, crop.side, format, side, side,
                                                                      AV_PIX_FMT_RGBA, SWS_AREA | SWS_ACCURATE_RND,
                                                                      nullptr, nullptr, nullptr)};
  if (!scaler) return failed("pixel format");
  // Row padding: swscale's vector code writes past a row's end.
  Pixels out{
      .side = side,
      .rgba = std::vector<std::uint8_t>(4 * static_cast<std::size_t>(side) * static_cast<std::size_t>(side) + 64)};
  std::array<std::uint8_t*, 4> to{out.rgba.data()};
  const std::array<int, 4> stride{4 * side};
  if (sws_scale(scaler.get(), crop.data.data(), picture.linesize, 0, crop.side, to.data(), stride.data()) != side)
    return failed("scaling");
  return out;
}

void put_on_white(Pixels& pixels) {
  for (std::size_t i = 0; i + 4 <= 4 * static_cast<std::size_t>(pixels.side) * static_cast<std::size_t>(pixels.side);
       i += 4) {
    const auto alpha = pixels.rgba[i + 3];
    for (std::size_t c = 0; c < 3; ++c)
      pixels.rgba[i + c] = static_cast<std::uint8_t>((pixels.rgba[i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
  }
}

/// EXIF orientation, 1 to 8 (TIFF 6.0 tag 274): 2 to 4 mirror and turn by halves, 5 to 8 also swap the axes.
int orientation(const AVFrame& picture) {
  const auto* entry = av_dict_get(picture.metadata, "Orientation", nullptr, 0);
  const std::string_view text = entry != nullptr ? entry->value : "";
  const auto at = text.find_first_of("12345678");
  return at == std::string_view::npos ? 1 : text[at] - '0';
}

Pixels turned(Pixels in, int orientation) {
  if (orientation <= 1) return in;
  const bool swap = orientation >= 5;
  const bool mirror_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool mirror_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Pixels out{.side = in.side, .rgba = std::vector<std::uint8_t>(in.rgba.size())};
  const int last = in.side - 1;
  for (int y = 0; y < in.side; ++y)
    for (int x = 0; x < in.side; ++x) {
      const int sx = swap ? y : x;
      const int sy = swap ? x : y;
      std::copy_n(in.at(mirror_x ? last - sx : sx, mirror_y ? last - sy : sy), 4, out.at(x, y));
    }
  return out;
}

Result<Picture> to_yuv(const Pixels& pixels) {
  Picture frame{av_frame_alloc()};
  if (!frame) throw std::bad_alloc{};
  frame->format = AV_PIX_FMT_YUVJ420P;
  frame->width = frame->height = pixels.side;
  frame->quality = jpeg_quality * FF_QP2LAMBDA;
  if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc{};
  const std::unique_ptr<SwsContext, FreeScaler> scaler{
      sws_getContext(pixels.side, pixels.side, AV_PIX_FMT_RGBA, pixels.side, pixels.side, AV_PIX_FMT_YUVJ420P,
                     SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr)};
  if (!scaler) return failed("scaling");
  const std::array<const std::uint8_t*, 4> from{pixels.rgba.data()};
  const std::array<int, 4> stride{4 * pixels.side};
  sws_scale(scaler.get(), from.data(), stride.data(), 0, pixels.side, frame->data, frame->linesize);
  return frame;
}

Result<Bytes> encode(const AVFrame& frame) {
  const Codec codec{avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG))};
  const Packet packet{av_packet_alloc()};
  if (!codec || !packet) throw std::bad_alloc{};
  codec->width = frame.width;
  codec->height = frame.height;
  codec->pix_fmt = AV_PIX_FMT_YUVJ420P;
  codec->time_base = {1, 1};
  codec->thread_count = 1;
  codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
  codec->global_quality = jpeg_quality * FF_QP2LAMBDA;
  if (avcodec_open2(codec.get(), nullptr, nullptr) < 0 || avcodec_send_frame(codec.get(), &frame) < 0 ||
      avcodec_receive_packet(codec.get(), packet.get()) < 0)
    return fail(Errc::internal, "media.encoder", "mjpeg");
  const auto* data = reinterpret_cast<const std::byte*>(packet->data);
  return Bytes(data, data + packet->size);
}

}  // namespace

Result<Bytes> square_jpeg(const AVFrame& picture, int side) {
  SH_TRY(auto pixels, scaled(picture, side));
  put_on_white(pixels);
  SH_TRY(const auto frame, to_yuv(turned(std::move(pixels), orientation(picture))));
  return encode(*frame);
}

}  // namespace soundhub::media
