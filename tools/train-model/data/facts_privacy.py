"""Facts: who sees what, and what protects a prompt."""

from .fact import fact

FACTS = (
    fact("who-sees", "The stages see the activations of your prompt, and activations can leak text. The server never sees them.",
         ask="who sees my prompt|who can see my prompt|who can read my prompt|can others see my prompt|can other people read my chat|who can read my messages|can peers read my prompt|can other tabs see what i write|who sees what i type|is someone reading my chat|can strangers see my text",
         held="which people can see my prompt|is anyone able to read what i write|who gets to see my messages"),
    fact("private", "Not fully. The server does not see your chat, but the stages see activations, which can leak text. For secrets use solo mode or your own devices.",
         term="privacy|the privacy", ask="is it private|is my chat private|is my prompt private|how private is it|are my messages private|can i send secrets|should i send private data|is my data safe|is it safe to write private things|is ComputePool private",
         held="does my chat stay private|can i trust it with a secret|is my text kept private"),
    fact("server-prompts", "No. The driver tokenises in your tab and the server never sees an activation. It sees a prompt only when it came in over HTTP.",
         ask="does the server see prompts|does the server see my prompt|does the server read my chat|can the server read my prompt|does the signaling server see my prompt|does the server get my text|what does the server see|does ComputePool read my messages|does the server see my messages",
         held="is my prompt visible to the server|will the server know what i ask|can the signaling server read my text"),
    fact("activations-leak", "Yes. Someone who holds a stage can try to guess your words from the hidden states, and the first layers leak the most.",
         ask="can activations leak text|can hidden states leak my text|can someone guess my words from hidden states|do hidden states reveal my prompt|can activations be turned back into text|is it possible to read text from activations", held="could my text be recovered from hidden states|what do activations reveal"),
    fact("more-private", "Use solo mode or pool only your own devices, so that no stranger holds a stage.",
         ask="how do i keep my prompt private|how can i be more private|how do i protect my prompt|what can i do for more privacy|how do i make it private|how do i hide my prompt|what is the most private mode", held="what is the best way to protect my text|how can i keep a secret safe here"),
    fact("stored", "Your chat history stays in your tab. The server keeps receipts and credits, not your chat.",
         ask="do you store my chat|is my chat saved|where is my chat stored|do you keep my prompts|are my messages logged|do you log prompts|is my history stored|what data do you store|do you save my data", held="what do you keep about me|are chats recorded"),
    fact("training-data", "No. Nothing that you write is used to train a model.",
         ask="do you train on my chats|is my data used for training|do you learn from my messages|will my chat train a model|do you learn from me|do you use my prompts for training", held="are my messages used to train models"),
    fact("encrypted", "Yes. Links between tabs are encrypted by WebRTC, and both peer keys sign them, so nobody in between can read them.",
         ask="is it encrypted|are the links encrypted|is the connection encrypted|are the connections secure|can someone listen to the link|is the traffic encrypted|is there encryption", held="do you encrypt the data between tabs|can a third person listen in"),
    fact("identity", "Each peer makes its own key pair. Its id comes from the public key, and each link is signed with it.",
         term="a peer id|peer ids|a key pair", ask="how are peers identified|how do peers prove who they are|how do you know who a peer is|where does my peer id come from", held="in what way does a peer prove its identity"),
    fact("ip-address", "A direct link shows your IP address to the peer on the other side. A relay in between hides it.",
         ask="can peers see my IP|can others see my IP address|is my IP address visible|does it show my IP address|who sees my IP", held="will other people learn my IP address"),
    fact("delete-data", "Clear the site data of ComputePool in your browser. That deletes the keys and the cached weights.",
         ask="how do i delete my data|how do i remove the weights|how can i clear the cache|how do i free the disk space|how do i delete everything|can i delete my data", held="what is the way to erase my data"),
)
