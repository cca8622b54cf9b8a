// Every component this engine runs, by canonical type.
#pragma once

#include <string_view>

#include "component.h"

namespace guildhall::runtime {

/// Null for a type that does not run here.
const Component* find_component(std::string_view canonical_type);

// One function per component, each in components/<name>.cc.
Component chat_input();
Component chat_output();
Component text_input();
Component text_output();
Component prompt();
Component language_model();
Component vendor_model(std::string_view type);
Component memory();
Component file();
Component parser();
Component parse_data();
Component split_text();
Component knowledge_component();
Component vector_store(std::string_view type);
Component embeddings(std::string_view type);

}  // namespace guildhall::runtime
