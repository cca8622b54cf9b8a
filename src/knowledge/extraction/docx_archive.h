// The zip archive around a DOCX file. It comes from anyone: nothing is unpacked to disk, no path in it is used, and what it may
// grow to is bounded (contracts/identity-and-security.md §15).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct zip;

namespace guildhall::knowledge {

class XmlEvents;

class DocxArchive {
 public:
  /// ExtractionFailure: "damaged" when it is no archive, "too_complex" past 2,000 entries, "unsafe" past 200 MB or 100 times
  /// its own size when unpacked, "encrypted". The bytes must outlive the archive.
  explicit DocxArchive(std::string_view bytes);
  ~DocxArchive();
  DocxArchive(const DocxArchive&) = delete;
  DocxArchive& operator=(const DocxArchive&) = delete;

  bool has(const std::string& name) const;
  /// The name of the part that holds the text; empty when there is none.
  std::string main_part() const;
  /// The events of a part, which is XML; none when the archive has no such part. What `XmlStream` throws, and "damaged".
  void stream(const std::string& name, XmlEvents& events);

 private:
  void check_entries() const;

  zip* archive_ = nullptr;
  std::int64_t bytes_;
  std::int64_t unpacked_ = 0;
};

}  // namespace guildhall::knowledge
