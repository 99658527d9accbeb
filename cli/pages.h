// All resources of a list, page by page.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "cli/client.h"

namespace leadstream::cli {

// `take` is called with each page's reply: EachPage<ListLeadsResponse>(&client, ListLeadsRequest(),
// [&](auto& page) { ... page.leads() ... }).
template <typename Response, typename Request, typename Take>
absl::Status EachPage(Client* client, Request request, const Take& take) {
  if (request.page_size() == 0) request.set_page_size(500);
  do {
    auto page = client->Call<Response>(request);
    if (!page.ok()) return page.status();
    take(*page);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

}  // namespace leadstream::cli
