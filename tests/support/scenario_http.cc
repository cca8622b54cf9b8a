// The client, on libcurl's easy interface.
#include "scenario_http.h"

#include <curl/curl.h>

#include <memory>

#include "base/text.h"

namespace guildhall::test {
namespace {

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* answer) {
  static_cast<HttpAnswer*>(answer)->body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* out) {
  auto& answer = *static_cast<HttpAnswer*>(out);
  const std::string_view line = trimmed({bytes, size * count});
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/"))
    answer.headers.clear();
  else if (colon != std::string_view::npos) {
    const std::string name = ascii_lower(line.substr(0, colon));
    const std::string value(trimmed(line.substr(colon + 1)));
    for (auto& [known, joined] : answer.headers)
      if (known == name) {
        joined += ", " + value;
        return size * count;
      }
    answer.headers.emplace_back(name, value);
  }
  return size * count;
}

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

const std::string* HttpAnswer::header(std::string_view name) const {
  for (const auto& [known, value] : headers)
    if (equals_ignoring_case(known, name)) return &value;
  return nullptr;
}

HttpAnswer send(const std::string& base_url, const HttpRequest& request) {
  HttpAnswer answer;
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  // An empty Expect header keeps curl from waiting for 100 Continue before a large body.
  std::unique_ptr<curl_slist, ListDeleter> headers(curl_slist_append(nullptr, "Expect:"));
  bool has_type = false;
  for (const auto& [name, value] : request.headers) {
    has_type = has_type || equals_ignoring_case(name, "content-type");
    headers.reset(curl_slist_append(headers.release(), (name + (value.empty() ? ";" : ": " + value)).c_str()));
  }
  if (!has_type) headers.reset(curl_slist_append(headers.release(), "Content-Type:"));
  const std::string url = request.path.starts_with("http://") ? request.path : base_url + request.path;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &answer);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  } else {
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (code != CURLE_OK) answer.failure = curl_easy_strerror(code);
  return answer;
}

}  // namespace guildhall::test
