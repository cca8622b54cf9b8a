// The demo: a provider with a published agent, and a customer who bought it, taught it and put it on a page.
#pragma once

#include <string>

#include "installation.h"

namespace guildhall::app {

struct Demo {
  std::string widget_key;
  std::string agent_id;
  std::string provider_login;  ///< empty unless made just now
  std::string customer_login;
  std::string password;    ///< random, of both accounts; shown once
  std::string access_key;  ///< shown once
  std::string studio_key;
};

/// Fills an empty installation; on one that was filled before it only remembers where things are.
Demo make_demo(Installation& installation, const std::string& data_folder);
void print_demo(const Demo& demo, const std::string& address);

}  // namespace guildhall::app
