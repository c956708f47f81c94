// What a page does with the chat: asks in its visitor's sight, and writes the answer into a place of its own as it comes.
const chat = document.querySelector('compute-pool-chat');
const answer = document.querySelector('#answer');
const state = document.querySelector('#state');
const stop = document.querySelector('#stop');

await customElements.whenDefined('compute-pool-chat');
chat.on('ready', ({ pool }) => (state.textContent = `The chat with ${pool} is there.`));
chat.on('token', ({ text }) => answer.append(text));
chat.on('error', ({ message }) => (state.textContent = message));
stop.addEventListener('click', () => chat.stop());

for (const button of document.querySelectorAll('[data-question]')) {
  button.addEventListener('click', async () => {
    answer.textContent = '';
    state.textContent = 'Asked.';
    stop.disabled = false;
    try {
      const { text, tokens, finishReason } = await chat.ask(button.dataset.question);
      answer.textContent = text;
      state.textContent = `${tokens} tokens, ended by ${finishReason}.`;
    } catch (error) {
      state.textContent = `${error.message} ${error.next}`;
    } finally {
      stop.disabled = true;
    }
  });
}
