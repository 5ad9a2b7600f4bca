// SPDX-License-Identifier: AGPL-3.0-or-later
#include "support.hpp"

namespace soundhub::media::test {
namespace {

Result<ImageReport> image(const Files& files, const std::string& name, Outputs& outputs) {
  return media_child().image(files.open(name).get(), outputs, {});
}

/// The colour in the middle of a crop's quarter: 0 top left, 1 top right, 2 bottom left, 3 bottom right.
std::string quarter(const Files& files, const Outputs& outputs, int which) {
  files.write("crop.jpg", outputs.file(OutputKind::image, 160));
  const auto x = std::to_string(which % 2 == 0 ? 40 : 120);
  const auto y = std::to_string(which / 2 == 0 ? 40 : 120);
  files.ffmpeg("-i crop.jpg -vf crop=1:1:" + x + ":" + y + ":exact=1 -f rawvideo -pix_fmt rgb24 pixel.raw");
  const auto rgb = files.read("pixel.raw");
  std::string name;
  for (const char c : rgb) name += static_cast<unsigned char>(c) > 127 ? '1' : '0';
  return name;
}

/// 800 x 400: its middle square has red, green, blue and white quarters, with magenta to its sides.
void make_picture(const Files& files, const std::string& name, const std::string& arguments = {}) {
  files.ffmpeg(
      "-f lavfi -i color=magenta:s=800x400,drawbox=x=200:y=0:w=200:h=200:c=red:t=fill,"
      "drawbox=x=400:y=0:w=200:h=200:c=lime:t=fill,drawbox=x=200:y=200:w=200:h=200:c=blue:t=fill,"
      "drawbox=x=400:y=200:w=200:h=200:c=white:t=fill -frames:v 1 " +
      arguments + " " + name);
}

class EachPicture : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(EachPicture, BecomesTheSquareInItsMiddleInTwoSizes) {
  const auto [name, format] = GetParam();
  const Files files;
  make_picture(files, name);
  Outputs outputs;
  const auto report = image(files, name, outputs);
  ASSERT_TRUE(report) << report.error().key << ": " << report.error().detail;
  EXPECT_EQ(report->format, format);
  EXPECT_EQ(report->width, 800);
  EXPECT_EQ(report->height, 400);
  EXPECT_EQ(outputs.count(OutputKind::image), 2U);
  files.write("large.jpg", outputs.file(OutputKind::image, 640));
  EXPECT_EQ(files.run("ffprobe -v error -show_entries stream=width,height -of csv=p=0 large.jpg"), "640,640\n");
  EXPECT_EQ(quarter(files, outputs, 0), "100");
  EXPECT_EQ(quarter(files, outputs, 1), "010");
  EXPECT_EQ(quarter(files, outputs, 2), "001");
  EXPECT_EQ(quarter(files, outputs, 3), "111");
}

INSTANTIATE_TEST_SUITE_P(Image, EachPicture,
                         testing::Values(std::pair{"a.png", "png"}, std::pair{"a.jpg", "mjpeg"},
                                         std::pair{"a.webp", "webp"}, std::pair{"a.gif", "gif"}));

/// A JPEG with an EXIF block (TIFF, big-endian) that holds one entry: the orientation.
std::string with_orientation(const std::string& jpeg, char orientation) {
  const std::string tiff{"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0", 26};
  auto exif = std::string{"Exif\0\0", 6} + tiff;
  exif[6 + 19] = orientation;
  const auto size = static_cast<char>(exif.size() + 2);
  return jpeg.substr(0, 2) + std::string{"\xff\xe1\0", 3} + size + exif + jpeg.substr(2);
}

TEST(Image, ExifOrientationIsHonouredAndNotPassedOn) {
  const Files files;
  make_picture(files, "flat.jpg", "-pix_fmt yuvj444p");
  files.write("turned.jpg", with_orientation(files.read("flat.jpg"), 6));  // to be turned a quarter clockwise
  Outputs outputs;
  const auto report = image(files, "turned.jpg", outputs);
  ASSERT_TRUE(report) << report.error().key << ": " << report.error().detail;
  EXPECT_EQ(quarter(files, outputs, 0), "001");
  EXPECT_EQ(quarter(files, outputs, 1), "100");
  EXPECT_EQ(quarter(files, outputs, 2), "111");
  EXPECT_EQ(quarter(files, outputs, 3), "010");
  EXPECT_THAT(outputs.file(OutputKind::image, 640), testing::Not(testing::HasSubstr("Exif")));
}

TEST(Image, TransparentPartsBecomeWhite) {
  const Files files;
  files.ffmpeg("-f lavfi -i color=black@0:s=64x64,format=rgba -frames:v 1 clear.png");
  Outputs outputs;
  ASSERT_TRUE(image(files, "clear.png", outputs));
  EXPECT_EQ(quarter(files, outputs, 0), "111");
}

TEST(Image, APictureOfManyPixelsInFewBytesIsTooLarge) {
  const Files files;
  files.ffmpeg("-f lavfi -i color=black:s=9000x9000 -frames:v 1 -pix_fmt monob bomb.png");
  files.ffmpeg("-f lavfi -i color=black:s=8000x8000 -frames:v 1 -pix_fmt monob wide.png");
  Outputs outputs;
  for (const auto* name : {"bomb.png", "wide.png"}) {
    const auto report = image(files, name, outputs);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().key, "image.too_large");
  }
}

TEST(Image, WhatIsNoPictureIsUndecodable) {
  const Files files;
  make_picture(files, "a.png");
  files.cut("a.png", "cut.png", 60);
  files.write("empty.png", "");
  files.write("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>");
  Outputs outputs;
  for (const auto* name : {"cut.png", "empty.png", "drawing.svg"}) {
    const auto report = image(files, name, outputs);
    ASSERT_FALSE(report) << name;
    EXPECT_EQ(report.error().key, "image.undecodable") << name;
    EXPECT_EQ(report.error().code, Errc::invalid);
  }
}

}  // namespace
}  // namespace soundhub::media::test
