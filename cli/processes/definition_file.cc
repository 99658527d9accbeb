#include "cli/processes/definition_file.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "common/domain/validation.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "services/opportunity/process_rules.h"

namespace leadstream::cli {

using opportunity::v1::CreateProcessDefinitionRequest;
using opportunity::v1::Opportunity;
using opportunity::v1::ProcessDefinition;
using opportunity::v1::ProcessLabel;
using opportunity::v1::ProcessStage;

namespace {

constexpr char kRoot[] = "process_definition";
constexpr char kCollection[] = "processDefinitions/";

using Labels = google::protobuf::RepeatedPtrField<ProcessLabel>;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

class DefinitionReader {
 public:
  explicit DefinitionReader(std::string path) : path_(std::move(path)) {}

  absl::StatusOr<ProcessDefinition> Read() {
    try {
      ReadProcess(YAML::LoadFile(path_));
    } catch (const YAML::BadFile&) {
      return absl::NotFoundError(absl::StrCat(path_, " cannot be opened"));
    } catch (const YAML::Exception& error) {
      Wrong(error.mark, error.msg);
    }
    if (problems_.empty()) AskTheRules();
    if (!problems_.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems_, "\n"));
    ProcessDefinition process = request_.process_definition();
    process.set_name(absl::StrCat(kCollection, request_.process_definition_id()));
    return process;
  }

 private:
  // What to do with the value of each key that there may be, and where the field is in the request.
  struct Entry {
    std::string field;
    std::function<void(const YAML::Node&, const std::string& field)> take;
  };
  using Entries = std::map<std::string, Entry>;

  void Wrong(const YAML::Mark& mark, const std::string& what) {
    problems_.push_back(absl::StrCat(path_, ":", mark.line + 1, ": ", what));
  }

  void EachEntry(const YAML::Node& node, const std::string& prefix, const Entries& entries) {
    if (!node.IsMap()) return Wrong(node.Mark(), "here are lines of `key: value`");
    std::set<std::string> seen;
    for (const auto& pair : node) {
      const auto key = pair.first.as<std::string>();
      const auto entry = entries.find(key);
      if (entry == entries.end()) {
        Wrong(pair.first.Mark(), absl::StrCat("there is no \"", key, "\" here"));
      } else if (!seen.insert(key).second) {
        Wrong(pair.first.Mark(), absl::StrCat("\"", key, "\" is there twice"));
      } else {
        const std::string field = absl::StrCat(prefix, ".", entry->second.field);
        lines_[field] = pair.first.Mark();
        entry->second.take(pair.second, field);
      }
    }
  }

  template <typename Value>
  std::function<void(const YAML::Node&, const std::string&)> Scalar(std::function<void(Value)> take,
                                                                    const char* what) {
    return [this, take, what](const YAML::Node& node, const std::string&) {
      try {
        take(node.as<Value>());
      } catch (const YAML::Exception&) {
        Wrong(node.Mark(), absl::StrCat("is not ", what));
      }
    };
  }
  std::function<void(const YAML::Node&, const std::string&)> TextsOf(Texts* texts) {
    return [this, texts](const YAML::Node& node, const std::string& field) {
      if (!node.IsSequence()) return Wrong(node.Mark(), "is a list, [a, b]");
      for (const YAML::Node& one : node) {
        lines_[absl::StrCat(field, "[", texts->size(), "]")] = one.Mark();
        texts->Add(one.as<std::string>());
      }
    };
  }
  std::function<void(const YAML::Node&, const std::string&)> LabelsOf(Labels* labels) {
    return [this, labels](const YAML::Node& node, const std::string& field) {
      if (!node.IsMap()) return Wrong(node.Mark(), "are texts by language, {en: Sale}");
      for (const auto& pair : node) {
        lines_[absl::StrCat(field, "[", labels->size(), "]")] = pair.first.Mark();
        ProcessLabel* label = labels->Add();
        label->set_language(pair.first.as<std::string>());
        label->set_text(pair.second.as<std::string>());
      }
    };
  }

  void ReadProcess(const YAML::Node& root) {
    lines_[kRoot] = root.Mark();
    ProcessDefinition* process = request_.mutable_process_definition();
    EachEntry(
        root, kRoot,
        {{"process",
          {"process", Scalar<std::string>(
                          [this](const std::string& id) { request_.set_process_definition_id(id); },
                          "an id")}},
         {"labels", {"labels", LabelsOf(process->mutable_labels())}},
         {"customer_types", {"customer_types", TextsOf(process->mutable_customer_types())}},
         {"industries", {"industries", TextsOf(process->mutable_industries())}},
         {"rank",
          {"rank",
           Scalar<int>([process](int rank) { process->set_rank(rank); }, "a whole number")}},
         {"retired",
          {"retired",
           Scalar<bool>([process](bool is) { process->set_retired(is); }, "true or false")}},
         {"stages", {"stages", [this](const YAML::Node& node, const std::string& field) {
                       ReadStages(node, field);
                     }}}});
    if (request_.process_definition_id().empty())
      Wrong(root.Mark(), "`process: ID` is missing, the process's id");
  }

  void ReadStages(const YAML::Node& node, const std::string& field) {
    if (!node.IsSequence()) return Wrong(node.Mark(), "are a list, `- stage: ID` each");
    for (const YAML::Node& one : node) {
      auto* stages = request_.mutable_process_definition()->mutable_stages();
      const std::string path = absl::StrCat(field, "[", stages->size(), "]");
      lines_[path] = one.Mark();
      ProcessStage* stage = stages->Add();
      EachEntry(
          one, path,
          {{"stage",
            {"stage", Scalar<std::string>([stage](const std::string& id) { stage->set_stage(id); },
                                          "an id")}},
           {"labels", {"labels", LabelsOf(stage->mutable_labels())}},
           {"probability",
            {"probability", Scalar<int>([stage](int percent) { stage->set_probability(percent); },
                                        "a whole percentage")}},
           {"forecast_category",
            {"forecast_category",
             [this, stage](const YAML::Node& value, const std::string&) {
               Opportunity::ForecastCategory category;
               if (Opportunity::ForecastCategory_Parse(value.as<std::string>(), &category))
                 return stage->set_forecast_category(category);
               Wrong(value.Mark(), "is one of PIPELINE, BEST_CASE, COMMITTED and OMITTED");
             }}},
           {"required_fields", {"required_fields", TextsOf(stage->mutable_required_fields())}}});
    }
  }

  // What the service would say.
  void AskTheRules() {
    std::vector<domain::FieldViolation> bad = domain::Validate(request_);
    if (bad.empty()) {
      const domain::Decision decision =
          opportunity::Decide(ProcessDefinition(), request_, domain::Context());
      if (!decision.accepted()) bad = decision.refusal().fields;
    }
    for (const domain::FieldViolation& one : bad)
      Wrong(LineOf(one.field), absl::StrCat(InFile(one.field), " ", one.description));
  }
  // Where the field is, or what it is in.
  YAML::Mark LineOf(const std::string& of) const {
    std::string field = of == "process_definition_id" ? absl::StrCat(kRoot, ".process") : of;
    while (!lines_.contains(field)) {
      const size_t end = field.find_last_of(".[");
      if (end == std::string::npos) return lines_.at(kRoot);
      field.resize(end);
    }
    return lines_.at(field);
  }
  static std::string InFile(const std::string& field) {
    if (field == "process_definition_id") return "process";
    const std::string prefix = absl::StrCat(kRoot, ".");
    return absl::StartsWith(field, prefix) ? field.substr(prefix.size()) : field;
  }

  const std::string path_;
  CreateProcessDefinitionRequest request_;
  std::map<std::string, YAML::Mark> lines_;  // by the field's path in the request, kRoot too
  std::vector<std::string> problems_;
};

void Emit(const char* key, const Labels& labels, YAML::Emitter* out) {
  if (labels.empty()) return;
  *out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const ProcessLabel& label : labels)
    *out << YAML::Key << label.language() << YAML::Value << label.text();
  *out << YAML::EndMap;
}

void Emit(const char* key, const Texts& texts, YAML::Emitter* out) {
  if (texts.empty()) return;
  *out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginSeq;
  for (const std::string& text : texts) *out << text;
  *out << YAML::EndSeq;
}

void Emit(const ProcessStage& stage, YAML::Emitter* out) {
  *out << YAML::BeginMap << YAML::Key << "stage" << YAML::Value << stage.stage();
  Emit("labels", stage.labels(), out);
  *out << YAML::Key << "probability" << YAML::Value << stage.probability();
  *out << YAML::Key << "forecast_category" << YAML::Value
       << Opportunity::ForecastCategory_Name(stage.forecast_category());
  Emit("required_fields", stage.required_fields(), out);
  *out << YAML::EndMap;
}

}  // namespace

absl::StatusOr<ProcessDefinition> ReadDefinition(const std::string& path) {
  return DefinitionReader(path).Read();
}

std::string ToYaml(const ProcessDefinition& process) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  out << YAML::Key << "process" << YAML::Value << process.name().substr(sizeof kCollection - 1);
  Emit("labels", process.labels(), &out);
  Emit("customer_types", process.customer_types(), &out);
  Emit("industries", process.industries(), &out);
  if (process.rank() != 0) out << YAML::Key << "rank" << YAML::Value << process.rank();
  if (process.retired()) out << YAML::Key << "retired" << YAML::Value << true;
  out << YAML::Key << "stages" << YAML::Value << YAML::BeginSeq;
  for (const ProcessStage& stage : process.stages()) Emit(stage, &out);
  out << YAML::EndSeq << YAML::EndMap;
  return absl::StrCat(out.c_str(), "\n");
}

}  // namespace leadstream::cli
