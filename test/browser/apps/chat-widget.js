// The chat widget, embedded as its README does it in a page without a bundler.
const { React, ReactDOM, ConnectyCubeChatWidget, settings } = globalThis;
const container = document.createElement('div');
container.id = 'ConnectyCube_chat-widget';
document.body.appendChild(container);
ReactDOM.createRoot(container).render(React.createElement(ConnectyCubeChatWidget, settings));
