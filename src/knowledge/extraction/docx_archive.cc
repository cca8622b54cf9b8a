// Archives by libzip, with the limits on what comes out of them.
#include "extraction/docx_archive.h"

#include <zip.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include "../limits.h"
#include "extraction/extract.h"
#include "extraction/xml_events.h"

namespace guildhall::knowledge {
namespace {

constexpr const char* kDamagedArchive = "the DOCX file is damaged; open it in a word processor, save it again and upload that";

[[noreturn]] void refuse_bomb() {
  throw ExtractionFailure(
      "unsafe", "the DOCX file unpacks to far more than its size; remove embedded objects, save it again and upload that");
}

[[noreturn]] void refuse_archive(int code) {
  if (code == ZIP_ER_NOPASSWD || code == ZIP_ER_WRONGPASSWD || code == ZIP_ER_ENCRNOTSUPP) {
    throw ExtractionFailure("encrypted", "the DOCX file is protected by a password; remove the password and upload it again");
  }
  if (code == ZIP_ER_MEMORY) throw std::bad_alloc();
  throw ExtractionFailure("damaged", kDamagedArchive);
}

}  // namespace

DocxArchive::DocxArchive(std::string_view bytes) : bytes_(static_cast<std::int64_t>(bytes.size())) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  archive_ = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  const int code = zip_error_code_zip(&error);
  zip_error_fini(&error);
  if (archive_ == nullptr) {
    if (source != nullptr) zip_source_free(source);
    refuse_archive(code);
  }
  try {
    check_entries();
  } catch (...) {
    zip_discard(archive_);
    throw;
  }
}

DocxArchive::~DocxArchive() {
  zip_discard(archive_);
}

/// What the directory promises; read() holds it to that.
void DocxArchive::check_entries() const {
  const std::int64_t count = zip_get_num_entries(archive_, 0);
  if (count > kArchiveEntriesMax) {
    throw ExtractionFailure("too_complex", "the DOCX file has more than " + std::to_string(kArchiveEntriesMax) +
                                               " parts; remove pictures and embedded objects, save it again and upload that");
  }
  std::uint64_t total = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    zip_stat_t entry;
    if (zip_stat_index(archive_, static_cast<std::uint64_t>(i), 0, &entry) != 0) {
      throw ExtractionFailure("damaged", kDamagedArchive);
    }
    if ((entry.valid & ZIP_STAT_SIZE) == 0 || entry.size > static_cast<std::uint64_t>(kArchiveBytesMax)) refuse_bomb();
    total += entry.size;
  }
  if (total > static_cast<std::uint64_t>(std::min(kArchiveBytesMax, bytes_ * kArchiveRatioMax))) refuse_bomb();
}

bool DocxArchive::has(const std::string& name) const {
  return zip_name_locate(archive_, name.c_str(), 0) >= 0;
}

std::string DocxArchive::main_part() const {
  if (has("word/document.xml")) return "word/document.xml";
  const std::int64_t count = zip_get_num_entries(archive_, 0);
  for (std::int64_t i = 0; i < count; ++i) {
    const char* raw = zip_get_name(archive_, static_cast<std::uint64_t>(i), 0);
    const std::string_view name = raw == nullptr ? std::string_view() : std::string_view(raw);
    if (name.starts_with("word/document") && name.ends_with(".xml")) return std::string(name);
  }
  return {};
}

void DocxArchive::stream(const std::string& name, XmlEvents& events) {
  if (!has(name)) return;
  zip_file_t* file = zip_fopen(archive_, name.c_str(), 0);
  if (file == nullptr) refuse_archive(zip_error_code_zip(zip_get_error(archive_)));
  const auto closer = [](zip_file_t* open) { zip_fclose(open); };
  const std::unique_ptr<zip_file_t, decltype(closer)> guard(file, closer);
  XmlStream xml(events);
  std::array<char, 16 * 1024> piece;
  while (true) {
    const std::int64_t got = zip_fread(file, piece.data(), piece.size());
    if (got < 0) throw ExtractionFailure("damaged", kDamagedArchive);
    if (got == 0) break;
    unpacked_ += got;
    if (unpacked_ > kArchiveBytesMax || unpacked_ > bytes_ * kArchiveRatioMax) refuse_bomb();
    xml.feed({piece.data(), static_cast<std::size_t>(got)});
  }
  xml.finish();
}

}  // namespace guildhall::knowledge
