// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Messages } from "./en";

export const ko: Messages = {
  shell: {
    home: "홈",
    explore: "둘러보기",
    seats: "빈자리",
    studio: "내 작업실",
    upload: "곡 올리기",
    logIn: "로그인",
    signUp: "회원가입",
    logOut: "로그아웃",
    loading: "불러오는 중…",
  },
};
