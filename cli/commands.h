// The subcommands of leadstream. Each adds itself to `app` and, when it is the one asked for, sets
// `run`: what it does, and the process's exit code.
#pragma once

#include <absl/status/status.h>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace leadstream::cli {

using Run = std::function<int()>;

void AddServe(CLI::App* app, Run* run);      // all five services in one process
void AddImport(CLI::App* app, Run* run);     // inquiries from files become leads
void AddDemo(CLI::App* app, Run* run);       // the sample inquiries, all the way to paid invoices
void AddEvents(CLI::App* app, Run* run);     // what happened
void AddExport(CLI::App* app, Run* run);     // history as files that other tools read
void AddBackup(CLI::App* app, Run* run);     // a copy of the log
void AddRestore(CLI::App* app, Run* run);    // and back
void AddVerify(CLI::App* app, Run* run);     // whether history is whole
void AddReplay(CLI::App* app, Run* run);     // history folded once more
void AddMine(CLI::App* app, Run* run);       // the paths from inquiry to payment
void AddGet(CLI::App* app, Run* run);        // how it is, and how it was
void AddFind(CLI::App* app, Run* run);       // who somebody is, and what became of them
void AddTimeline(CLI::App* app, Run* run);   // the whole story of a resource
void AddReminders(CLI::App* app, Run* run);  // what somebody is to be reminded of
void AddProcess(CLI::App* app, Run* run);    // processes as files
void AddSums(CLI::App* app, Run* run);       // the pipeline, the forecast, the funnel
void AddCall(CLI::App* app, Run* run);       // any method of a running server
void AddAudit(CLI::App* app, Run* run);      // whether a server's audit log is whole
void AddTopics(CLI::App* app, Run* run);     // the topics on Kafka, made and checked
void AddCluster(CLI::App* app, Run* run);    // who writes what, and how far the nodes are
void AddConfig(CLI::App* app, Run* run);     // every setting of the servers, and what it is for

// A process's exit code: 0, or 1 with what went wrong on stderr.
int ExitOf(const absl::Status& status);

// For commands that call a running server or cluster: --server, an address that ParseAddresses
// reads; and what TheClientSecurity holds.
CLI::Option* AddServerFlag(CLI::App* command, std::string* server);

}  // namespace leadstream::cli
