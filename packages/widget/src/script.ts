// What `<script src="https://host/widget.js" defer></script>` does: the host is where the script is from.
import { defineComputePoolChat } from './compute-pool-chat.ts';

const { src } = document.currentScript as HTMLScriptElement;
defineComputePoolChat(new URL('.', src).href);
