// SPDX-License-Identifier: AGPL-3.0-or-later
#include "audio_input.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "declared.hpp"

namespace soundhub::media {
namespace {

constexpr const char* codecs =
    "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,"
    "pcm_alaw,pcm_mulaw,flac,alac,mp3float,mp3,mp2float,aac,vorbis,opus";
constexpr std::int32_t least_rate = 4'000, most_rate = 384'000;
/// Packets in a row that don't decode before the file is given up.
constexpr std::int64_t most_refused_packets = 4096;
/// An edit list in 1/600 s or finer is off by less than rate / 500.
constexpr std::int32_t most_edit_rounding = 500;

bool exact_length(Container container) {
  return container == Container::wav || container == Container::aiff || container == Container::caf ||
         container == Container::flac;
}

tl::unexpected<Error> undecodable(std::string why) {
  return fail(Errc::invalid, "take.undecodable", std::move(why));
}

}  // namespace

AudioInput::AudioInput(const File& file)
    : file_{file}, avio_{file}, packet_{av_packet_alloc()}, frame_{av_frame_alloc()} {
  if (!packet_ || !frame_) throw std::bad_alloc{};
}

ReadAt AudioInput::reader() const {
  return [this](std::int64_t offset, std::span<std::byte> out) { return file_.read_at(offset, out); };
}

Result<void> AudioInput::open() {
  if (file_.size() == 0) return fail(Errc::invalid, "take.empty");
  const auto container = sniff(reader());
  if (!container) return fail(Errc::invalid, "take.not_audio", "no known kind of file");
  container_ = *container;
  SH_CHECK(container_ == Container::mp4 ? open_mp4() : open_container());
  SH_CHECK(find_declared());
  SH_CHECK(open_decoder());
  // Until something is decoded the headers are only promises: AAC doubles its rate, an Ogg may hold nothing.
  SH_TRY(const bool any, read(first_));
  if (any) return {};
  if (refused_packets_ > 0) return undecodable("no packet could be decoded");
  if (declared_.value_or(0) > 0) return undecodable("cut off before the first sample");
  return fail(Errc::invalid, "take.empty");
}

Result<void> AudioInput::open_container() {
  SH_TRY(format_, open_format(avio_, demuxer_name(container_), codecs, "take.undecodable"));
  return choose_stream();
}

/// The media's own length; fragmented files don't say it.
std::optional<std::int64_t> AudioInput::mp4_frames() const {
  const auto rate = stream_->codecpar->sample_rate;
  if (stream_->nb_frames == 0 || stream_->duration <= 0 || rate <= 0) return std::nullopt;
  return av_rescale_q(stream_->duration, stream_->time_base, AVRational{1, rate});
}

Result<void> AudioInput::open_mp4() {
  SH_CHECK(open_container());
  const auto* note = av_dict_get(format_->metadata, "iTunSMPB", nullptr, 0);
  declared_ = note != nullptr ? itunes_frames(note->value) : std::nullopt;
  trimmed_ = declared_ || mp4_frames();
  if (!declared_ && trimmed_) return measure_mp4();
  return {};
}

/// Edit lists count in the movie's time scale, often milliseconds, and would cut the end up to that early. Where the
/// media's own length, in samples, says the same but for that rounding, it is the truth; else the edit is meant.
Result<void> AudioInput::measure_mp4() {
  declared_ = mp4_frames();
  SH_TRY(auto edited, open_format(avio_, demuxer_name(container_), codecs, "take.undecodable", "advanced_editlist=0"));
  std::swap(format_, edited);
  SH_CHECK(choose_stream());
  const auto* first = avformat_index_get_entry(stream_, 0);
  const auto skipped = first != nullptr ? std::max<std::int64_t>(0, -first->timestamp) : 0;
  const auto rate = stream_->codecpar->sample_rate;
  const auto unrounded = mp4_frames().value_or(0) - av_rescale_q(skipped, stream_->time_base, AVRational{1, rate});
  if (unrounded >= *declared_ && unrounded - *declared_ <= rate / most_edit_rounding) {
    declared_ = unrounded;
    return {};
  }
  // Reads from the file's start again: the two demuxers share one descriptor.
  return open_container();
}

Result<void> AudioInput::choose_stream() {
  stream_ = nullptr;
  for (unsigned i = 0; i < format_->nb_streams; ++i)
    if (format_->streams[i]->codecpar->codec_type != AVMEDIA_TYPE_AUDIO)
      format_->streams[i]->discard = AVDISCARD_ALL;
    else if (stream_ == nullptr)
      stream_ = format_->streams[i];
    else
      format_->streams[i]->discard = AVDISCARD_ALL;
  if (stream_ == nullptr) return fail(Errc::invalid, "take.not_audio", "no audio stream");
  return {};
}

/// What the headers promise, before libav fills in what they leave open by guessing from the file's size.
std::optional<std::int64_t> AudioInput::header_frames() const {
  // FLAC's demuxer tells the rate only by its time base.
  const auto known = stream_->codecpar->sample_rate;
  const auto rate = known > 0 ? known : stream_->time_base.den;
  if (stream_->duration > 0) return av_rescale_q(stream_->duration, stream_->time_base, AVRational{1, rate});
  if (format_->duration > 0) return av_rescale(format_->duration, rate, AV_TIME_BASE);
  return std::nullopt;
}

Result<void> AudioInput::find_declared() {
  if (container_ == Container::mp3)
    declared_ = mp3_declared_frames(reader());
  else if (container_ != Container::ogg && !declared_)
    declared_ = header_frames();
  if (container_ == Container::ogg) cut_ = ogg_is_cut(reader(), file_.size());
  if (container_ == Container::wav || container_ == Container::aiff || container_ == Container::caf)
    cut_ = chunks_are_cut(container_, reader(), file_.size());
  // A codec frame for lossy streams; containers that count in milliseconds get a tenth of a second.
  if (!exact_length(container_)) tolerance_ = container_ == Container::matroska ? 4'800 : 4'096;
  if (const int bad = avformat_find_stream_info(format_.get(), nullptr); bad < 0)
    return undecodable(av_error_text(bad));
  return {};
}

Result<void> AudioInput::open_decoder() {
  const auto* parameters = stream_->codecpar;
  facts_.container = std::string{format_->iformat->name};
  facts_.container = facts_.container.substr(0, facts_.container.find(','));
  facts_.codec = avcodec_get_name(parameters->codec_id);
  const auto* decoder = avcodec_find_decoder(parameters->codec_id);
  if (decoder == nullptr || av_match_list(decoder->name, codecs, ',') == 0)
    return fail(Errc::invalid, "take.unsupported", facts_.codec);
  codec_.reset(avcodec_alloc_context3(decoder));
  if (!codec_) throw std::bad_alloc{};
  if (const int bad = avcodec_parameters_to_context(codec_.get(), parameters); bad < 0)
    return undecodable(av_error_text(bad));
  if (parameters->ch_layout.nb_channels > ChannelMatrix::max_channels)
    return fail(Errc::invalid, "take.too_many_channels");
  codec_->pkt_timebase = stream_->time_base;
  codec_->thread_count = 1;
  if (const int bad = avcodec_open2(codec_.get(), decoder, nullptr); bad < 0) return undecodable(av_error_text(bad));
  return {};
}

Result<bool> AudioInput::next_packet() {
  for (;;) {
    const int got = av_read_frame(format_.get(), packet_.get());
    if (got == AVERROR(ENOMEM)) throw std::bad_alloc{};
    if (got < 0) return false;
    const bool ours = packet_->stream_index == stream_->index;
    const int sent = ours ? avcodec_send_packet(codec_.get(), packet_.get()) : 0;
    av_packet_unref(packet_.get());
    if (sent == AVERROR(ENOMEM)) throw std::bad_alloc{};
    if (sent < 0 && ++refused_packets_ > most_refused_packets) return undecodable("too many broken packets");
    if (ours && sent >= 0) return true;
  }
}

Result<bool> AudioInput::read(std::vector<float>& out) {
  if (started_ && !first_.empty() && &out != &first_) {
    out.insert(out.end(), first_.begin(), first_.end());
    first_.clear();
    return true;
  }
  for (;;) {
    const int got = avcodec_receive_frame(codec_.get(), frame_.get());
    if (got == AVERROR(ENOMEM)) throw std::bad_alloc{};
    if (got == AVERROR_EOF) return false;
    if (got >= 0) {
      SH_CHECK(take_frame(out));
      if (frame_->nb_samples > 0) return true;
      continue;
    }
    if (got != AVERROR(EAGAIN) && ++refused_packets_ > most_refused_packets)
      return undecodable("too many broken packets");
    if (draining_) {
      if (got == AVERROR(EAGAIN)) return false;
      continue;
    }
    SH_TRY(const bool more, next_packet());
    if (more) continue;
    draining_ = true;
    avcodec_send_packet(codec_.get(), nullptr);
  }
}

Result<void> AudioInput::take_facts() {
  started_ = true;
  facts_.sample_rate = frame_->sample_rate;
  facts_.channels = frame_->ch_layout.nb_channels;
  const auto exact = av_get_exact_bits_per_sample(codec_->codec_id);
  const bool lossless = codec_->codec_id == AV_CODEC_ID_FLAC || codec_->codec_id == AV_CODEC_ID_ALAC;
  facts_.bits = exact > 0 ? exact : (lossless ? codec_->bits_per_raw_sample : 0);
  if (facts_.channels > ChannelMatrix::max_channels) return fail(Errc::invalid, "take.too_many_channels");
  if (facts_.sample_rate < least_rate || facts_.sample_rate > most_rate || facts_.channels < 1)
    return fail(Errc::invalid, "take.unsupported", "sample rate " + std::to_string(facts_.sample_rate));
  const bool named = frame_->ch_layout.order == AV_CHANNEL_ORDER_NATIVE;
  matrix_ = ChannelMatrix{facts_.channels, named ? frame_->ch_layout.u.mask : 0};
  return {};
}

Result<void> AudioInput::take_frame(std::vector<float>& out) {
  if (!started_) SH_CHECK(take_facts());
  if (frame_->sample_rate != facts_.sample_rate || frame_->ch_layout.nb_channels != facts_.channels)
    return fail(Errc::invalid, "take.unsupported", "the format changes inside the file");
  if (trimmed_)
    frame_->nb_samples = static_cast<int>(std::clamp<std::int64_t>(*declared_ - decoded_, 0, frame_->nb_samples));
  if (!matrix_.append(*frame_, out)) return fail(Errc::invalid, "take.unsupported", "sample format");
  decoded_ += frame_->nb_samples;
  return {};
}

bool AudioInput::truncated() const {
  return cut_ || (declared_ && decoded_ + tolerance_ < *declared_);
}

}  // namespace soundhub::media
