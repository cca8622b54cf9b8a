// Events by libxml2's SAX2 interface. Nothing is fetched, no entity but the five of XML itself is known.
#include "extraction/xml_events.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <cstring>
#include <exception>

#include "../limits.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {

struct XmlStream::State {
  XmlEvents* events = nullptr;
  xmlParserCtxtPtr parser = nullptr;
  int depth = 0;
  int attributes = 0;  ///< of the tag the text so far ends in
  bool ends_with_equals = false;
  std::exception_ptr failure;  ///< thrown out of a callback, which C code must not see
};

namespace {

constexpr const char* kDamagedXml = "the DOCX file is damaged inside; open it in a word processor, save it again and upload that";

std::string_view view_of_xml(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

/// Runs a callback's work; what it throws ends the parsing and is thrown again by feed().
template <class Work>
void guarded(void* context, Work&& work) {
  auto& state = *static_cast<XmlStream::State*>(context);
  if (state.failure != nullptr) return;
  try {
    work(state);
  } catch (...) {
    state.failure = std::current_exception();
    xmlStopParser(state.parser);
  }
}

void on_begin(void* context, const xmlChar* name, const xmlChar*, const xmlChar*, int, const xmlChar**, int attribute_count, int,
              const xmlChar** attributes) {
  guarded(context, [&](XmlStream::State& state) {
    if (++state.depth > kXmlDepthMax) {
      throw ExtractionFailure("too_complex",
                              "the DOCX file is nested too deeply; copy its text into a new document and upload that");
    }
    XmlElement element{view_of_xml(name), {}};
    for (int i = 0; i < attribute_count; ++i) {
      const xmlChar** attribute = attributes + static_cast<std::ptrdiff_t>(i) * 5;
      const char* begin = reinterpret_cast<const char*>(attribute[3]);
      const char* end = reinterpret_cast<const char*>(attribute[4]);
      element.attributes.emplace_back(view_of_xml(attribute[0]), std::string_view(begin, static_cast<std::size_t>(end - begin)));
    }
    state.events->begin(element);
  });
}

void on_end(void* context, const xmlChar* name, const xmlChar*, const xmlChar*) {
  guarded(context, [&](XmlStream::State& state) {
    --state.depth;
    state.events->end(view_of_xml(name));
  });
}

void on_characters(void* context, const xmlChar* text, int length) {
  guarded(context, [&](XmlStream::State& state) {
    state.events->text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
  });
}

void on_document_type(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
  guarded(context, [](XmlStream::State&) {
    throw ExtractionFailure("unsafe",
                            "the DOCX file declares a document type, as no word processor does; save it again and upload that");
  });
}

/// Counts `="` without a `>` between: a look at the attributes before the parser, whose time grows with their square, sees them.
void check_attributes(XmlStream::State& state, std::string_view piece) {
  const auto count = [&] {
    if (++state.attributes > kXmlAttributesMax) {
      throw ExtractionFailure("too_complex",
                              "the DOCX file has elements no word processor writes; save it again and upload that");
    }
  };
  const auto is_quote = [](char c) { return c == '"' || c == '\''; };
  if (state.ends_with_equals && !piece.empty() && is_quote(piece.front())) count();
  std::size_t seen = 0;
  for (std::size_t at = piece.find('='); at != std::string_view::npos; at = piece.find('=', at + 1)) {
    if (piece.substr(seen, at - seen).find('>') != std::string_view::npos) state.attributes = 0;
    seen = at;
    if (at + 1 < piece.size() && is_quote(piece[at + 1])) count();
  }
  if (piece.substr(seen).find('>') != std::string_view::npos) state.attributes = 0;
  state.ends_with_equals = piece.ends_with('=');
}

void on_error(void*, xmlErrorPtr) {
  // feed() reports the parser's own state, once.
}

}  // namespace

std::string_view XmlElement::attribute(std::string_view wanted) const {
  for (const auto& [name_of_attribute, value] : attributes) {
    if (name_of_attribute == wanted) return value;
  }
  return {};
}

XmlStream::XmlStream(XmlEvents& events) : state_(std::make_unique<State>()) {
  state_->events = &events;
  xmlSAXHandler handler;
  std::memset(&handler, 0, sizeof handler);
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = on_begin;
  handler.endElementNs = on_end;
  handler.characters = on_characters;
  handler.cdataBlock = on_characters;
  handler.internalSubset = on_document_type;
  handler.serror = on_error;
  state_->parser = xmlCreatePushParserCtxt(&handler, state_.get(), nullptr, 0, nullptr);
  if (state_->parser == nullptr) throw std::bad_alloc();
  xmlCtxtUseOptions(state_->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT);
}

XmlStream::~XmlStream() {
  if (state_->parser->myDoc != nullptr) xmlFreeDoc(state_->parser->myDoc);
  xmlFreeParserCtxt(state_->parser);
}

void XmlStream::feed(std::string_view piece) {
  check_attributes(*state_, piece);
  const int error = xmlParseChunk(state_->parser, piece.data(), static_cast<int>(piece.size()), 0);
  if (state_->failure != nullptr) std::rethrow_exception(state_->failure);
  if (error != XML_ERR_OK && state_->parser->wellFormed == 0) throw ExtractionFailure("damaged", kDamagedXml);
}

void XmlStream::finish() {
  const int error = xmlParseChunk(state_->parser, nullptr, 0, 1);
  if (state_->failure != nullptr) std::rethrow_exception(state_->failure);
  if (error != XML_ERR_OK && state_->parser->wellFormed == 0) throw ExtractionFailure("damaged", kDamagedXml);
}

}  // namespace guildhall::knowledge
