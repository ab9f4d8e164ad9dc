// SPDX-FileCopyrightText: 2026 The Parley developers
// SPDX-License-Identifier: MIT

#pragma once

#include "server_gui/engine/listener_status.h"
#include "server_gui/engine/server.h"
#include "server_gui/options/server_options.h"
#include "server_gui/table/connection_model.h"
#include "shared/event/event_stream.h"
#include "shared/loop/io_thread.h"
#include "shared/ui/remembered_fields.h"

#include <QMainWindow>
#include <QTimer>

#include <memory>
#include <vector>

class QComboBox;
class QLayout;
class QPushButton;

namespace parley
{

class AcceptQueueBar;
class BehaviourEditor;
class ConverseBar;
class ConnectionsPane;
class EndpointForm;
class FileSaver;
class GreetingField;
class Inspector;
class ListenerSearch;
class NoticeBar;
class StatusLabel;

/// The window of parley-server. It listens before it is built, so that the first client need not wait for the window.
class ServerWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit ServerWindow(const ServerOptions &options);
    ~ServerWindow() override;

    const ConnectionModel &connections() const { return connections_; }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    using State = ListenerStatus::State;

    /// The fields' first values: from the command line, or else remembered ones, or else the defaults.
    SavedEndpoint initialFields(Settings &settings);
    QWidget *buildForm(const SavedEndpoint &endpoint);
    QLayout *buildReach();
    QWidget *buildBehaviours();
    QWidget *buildConnections();
    QWidget *buildConverse();
    void buildMenus();
    void inspectWatched();
    void rememberFields();
    void restoreLayout(Settings &settings);
    void saveSettings();
    void changeLimits();
    void saveConnections();

    void listenOrStop();
    void listen(const std::variant<Endpoint, EndpointError> &parsed);
    void listenInstead(const Endpoint &endpoint);
    void setLocalNames(const LocalNames &names);
    void adviseOnLoopback();
    QString listeningAt() const;
    QString reachText() const;
    void showGreetingProblem();
    void setEncoding(TextEncoding encoding);
    void read(const EventBatch &batch);
    void readListenerEvent(const Event &event);
    void showLimit(const EventBatch &batch);
    void showFailure(const Event &end);
    void setReachability(const Reachability &reachability);
    void setStarved(int error, native::DescriptorUse descriptors);
    void stopListening();
    void listenerChanged();
    void showState();
    void showCounts();
    void showPlaceholder();
    void finishThenClose();
    void showPeers();

    const ServerOptions options_;
    EventStream stream_;
    ConnectionModel connections_{stream_};
    IoThread<Server> server_{stream_}; // after the stream it writes to: taken down first

    Endpoint endpoint_; // of the latest listen()
    ListenerStatus listener_;
    BehaviourChoice behaviour_;
    TextEncoding encoding_ = TextEncoding::Utf8;
    ServerLimits limits_;
    QString inputError_; // of a field, found before there was a notice to show it
    LocalNames localNames_;
    Reachability reachability_;
    bool closing_ = false;
    bool damaged_ = false; // the settings that were read; closing writes all of them anew
    RememberedFields remembered_;
    quint64 dropped_ = 0; // events lost because this window was too slow
    QTimer clock_;        // while connections are open

    FileSaver *const saver_;
    std::unique_ptr<ListenerSearch> search_; // for the program that has the port

    EndpointForm *form_ = nullptr;
    QComboBox *host_ = nullptr;
    QPushButton *listen_ = nullptr;
    BehaviourEditor *behaviourEditor_ = nullptr;
    GreetingField *greeting_ = nullptr;
    NoticeBar *notice_ = nullptr;
    StatusLabel *reach_ = nullptr;
    QPushButton *everyInterface_ = nullptr;
    ConnectionsPane *pane_ = nullptr;
    AcceptQueueBar *acceptQueue_ = nullptr;
    Inspector *inspector_ = nullptr;
    ConverseBar *converse_ = nullptr;
    std::vector<quint64> peers_; // whom it is about
    QTimer selection_;           // runs after a change of the selected or the open connections
    StatusLabel *status_ = nullptr;
    QAction *listenAction_ = nullptr;
};

} // namespace parley
