"""Asks a server with one of Python's clients, named by the argument. Prints one JSON object."""
import json
import os
import sys

BASE_URL, API_KEY = os.environ["BASE_URL"], os.environ["API_KEY"]
REQUEST = json.loads(os.environ["REQUEST"])
MODEL, MESSAGES = REQUEST["model"], REQUEST["messages"]
LIMITS = {"temperature": REQUEST["temperature"], "seed": REQUEST["seed"], "max_tokens": REQUEST["max_tokens"]}
LONG = [{"role": "user", "content": "word " * 3000}]


def with_openai():
    import openai

    client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=2)
    answer = client.chat.completions.create(model=MODEL, messages=MESSAGES, **LIMITS)
    stream = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True, **LIMITS)
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    try:
        list(client.chat.completions.create(model=MODEL, messages=LONG, stream=True, **LIMITS))
        too_long = "was taken"
    except openai.BadRequestError as error:
        too_long = f"{error.status_code} {error.code} {error.param}"
    models = [model.id for model in client.models.list()]
    return {"text": answer.choices[0].message.content, "streamed": streamed, "tooLong": too_long, "models": models}


def with_litellm():
    import litellm

    litellm.suppress_debug_info = True
    how = {"model": f"openai/{MODEL}", "api_base": BASE_URL, "api_key": API_KEY, "num_retries": 2, **LIMITS}
    answer = litellm.completion(messages=MESSAGES, **how)
    stream = litellm.completion(messages=MESSAGES, stream=True, **how)
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    try:
        list(litellm.completion(messages=LONG, stream=True, **how))
        too_long = "was taken"
    except litellm.ContextWindowExceededError as error:
        too_long = f"{error.status_code} ContextWindowExceededError"
    return {"text": answer.choices[0].message.content, "streamed": streamed, "tooLong": too_long}


def with_langchain():
    import openai
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model=MODEL, base_url=BASE_URL, api_key=API_KEY, max_retries=2, stream_usage=True, **LIMITS)
    text = model.invoke(MESSAGES).content
    streamed = "".join(chunk.content for chunk in model.stream(MESSAGES))
    try:
        list(model.stream(LONG))
        too_long = "was taken"
    except openai.BadRequestError as error:
        too_long = f"{error.status_code} {error.code} {error.param}"
    return {"text": text, "streamed": streamed, "tooLong": too_long}


CLIENTS = {"openai": with_openai, "litellm": with_litellm, "langchain": with_langchain}
print(json.dumps(CLIENTS[sys.argv[1]]()))
