// XML as a stream of events, without document types and with bounded depth (contracts/identity-and-security.md §15). The text
// comes from anyone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guildhall::knowledge {

/// An element as it begins. Prefixes of names are left out: `w:val` is "val".
struct XmlElement {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string_view>> attributes;

  std::string_view attribute(std::string_view wanted) const;
};

class XmlEvents {
 public:
  virtual ~XmlEvents() = default;
  virtual void begin(const XmlElement& element) = 0;
  virtual void end(std::string_view name) = 0;
  virtual void text(std::string_view part) = 0;
};

/// Takes a document in pieces and reports what is in it.
class XmlStream {
 public:
  explicit XmlStream(XmlEvents& events);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  /// ExtractionFailure: "unsafe" for a document type, "too_complex" past 256 levels, "damaged" for what is not XML; and what
  /// the events throw.
  void feed(std::string_view piece);
  void finish();

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::knowledge
