// Sitemaps, read with a scanner that knows elements, entities and CDATA and nothing else of XML: no declarations are followed.
#include "sources/sitemap.h"

#include <zlib.h>

#include <array>
#include <optional>

#include "../limits.h"
#include "base/text.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {
namespace {

std::string_view local_name(std::string_view tag) {
  const std::size_t end = tag.find_first_of(" \t\r\n/");
  const std::string_view name = tag.substr(0, end);
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view prefix_of_tag(std::string_view tag) {
  const std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

void append_entity(std::string& out, std::string_view entity) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [name, c] : kNamed) {
    if (entity == name) out += c;
  }
}

/// Character data with its entities and CDATA sections read.
std::string character_data(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("<![CDATA[")) {
      const std::size_t end = text.find("]]>");
      out += text.substr(9, end == std::string_view::npos ? end : end - 9);
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 3);
      continue;
    }
    const std::size_t semicolon = text.front() == '&' ? text.substr(0, 10).find(';') : std::string_view::npos;
    if (semicolon != std::string_view::npos) {
      append_entity(out, text.substr(1, semicolon - 1));
      text.remove_prefix(semicolon + 1);
      continue;
    }
    out += text.front();
    text.remove_prefix(1);
  }
  return std::string(trimmed(out));
}

/// Steps through the tags; `text` is what stands before the tag since the one before it.
class TagReader {
 public:
  explicit TagReader(std::string_view xml) : xml_(xml) {}

  bool next() {
    const std::size_t begin = at_;
    while (at_ < xml_.size()) {
      const std::size_t open = xml_.find('<', at_);
      if (open == std::string_view::npos) return false;
      const std::string_view rest = xml_.substr(open);
      if (rest.starts_with("<!--") || rest.starts_with("<![CDATA[")) {
        const std::string_view end = rest[2] == '-' ? "-->" : "]]>";
        const std::size_t close = xml_.find(end, open);
        if (close == std::string_view::npos) return false;
        at_ = close + 3;
        continue;
      }
      const std::size_t close = xml_.find('>', open);
      if (close == std::string_view::npos) return false;
      text_ = xml_.substr(begin, open - begin);
      tag_ = xml_.substr(open + 1, close - open - 1);
      at_ = close + 1;
      return true;
    }
    return false;
  }
  std::string_view tag() const { return tag_; }
  std::string_view text() const { return text_; }

 private:
  std::string_view xml_;
  std::size_t at_ = 0;
  std::string_view tag_;
  std::string_view text_;
};

/// Takes <loc> directly under <url> or <sitemap>; those of extensions (images, videos) have another prefix.
std::optional<Sitemap> read_sitemap_xml(std::string_view xml) {
  Sitemap sitemap;
  bool has_root = false;
  std::string_view prefix;
  bool is_in_entry = false;
  bool is_in_loc = false;
  for (TagReader reader(xml); reader.next();) {
    const std::string_view tag = reader.tag();
    if (tag.starts_with('?') || tag.starts_with('!')) continue;
    const bool is_end = tag.starts_with('/');
    const std::string_view name = local_name(is_end ? tag.substr(1) : tag);
    if (!has_root) {
      if (name != "urlset" && name != "sitemapindex") return std::nullopt;
      has_root = true;
      prefix = prefix_of_tag(tag);
      sitemap.is_index = name == "sitemapindex";
      continue;
    }
    if (prefix_of_tag(is_end ? tag.substr(1) : tag) != prefix) continue;
    if (name == (sitemap.is_index ? "sitemap" : "url")) is_in_entry = !is_end;
    if (name != "loc") continue;
    if (is_end && is_in_loc && sitemap.locations.size() < kSitemapEntriesMax) {
      if (std::string location = character_data(reader.text()); !location.empty()) sitemap.locations.push_back(location);
    }
    is_in_loc = !is_end && is_in_entry;
  }
  return has_root ? std::optional(std::move(sitemap)) : std::nullopt;
}

std::optional<Sitemap> read_sitemap_lines(std::string_view text) {
  Sitemap sitemap;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view url = trimmed(line);
    if (url.empty()) continue;
    if (!url.starts_with("http://") && !url.starts_with("https://")) return std::nullopt;
    if (sitemap.locations.size() < kSitemapEntriesMax) sitemap.locations.emplace_back(url);
  }
  return sitemap.locations.empty() ? std::nullopt : std::optional(std::move(sitemap));
}

}  // namespace

std::string gunzipped(std::string_view bytes, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw ExtractionFailure("broken_gzip", "the gzip file cannot be read");
  const struct Closed {
    z_stream* stream;
    ~Closed() { inflateEnd(stream); }
  } closed{&stream};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 16 * 1024> piece{};
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    status = inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
    if (out.size() > bytes_max) throw ExtractionFailure("too_large", "the gzip file holds more than the limit allows");
    if (status != Z_OK && status != Z_STREAM_END) throw ExtractionFailure("broken_gzip", "the gzip file is damaged or cut off");
  }
  return out;
}

Sitemap read_sitemap(std::string_view bytes) {
  std::string unpacked;
  if (bytes.starts_with("\x1F\x8B")) {
    unpacked = gunzipped(bytes, kSitemapBytesMax);
    bytes = unpacked;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  auto sitemap = trimmed(bytes).starts_with('<') ? read_sitemap_xml(bytes) : read_sitemap_lines(bytes);
  if (sitemap) return *std::move(sitemap);
  throw ExtractionFailure("not_a_sitemap",
                          "this is no sitemap; name a sitemap.xml, or set a depth to follow the links of a page");
}

}  // namespace guildhall::knowledge
